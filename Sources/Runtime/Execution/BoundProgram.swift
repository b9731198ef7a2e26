import Compiler
import LookupTables
import RestrictionDSL

/// A decision program with the tables and services its operations name: nothing is looked up by name while it runs.
final class BoundProgram {
  /// What an operation needs besides its operands.
  enum Binding {
    case none
    case table(OpenTable)
    case service(PolicyEndpoint)
    case list(DNSList)
  }

  let program: DecisionProgram
  let bindings: [Binding]

  init(_ program: DecisionProgram, _ context: PolicyContext) {
    self.program = program
    bindings = program.operations.map { operation in
      switch operation {
      case .access(_, let spec), .serverAccess(_, _, let spec), .certificateAccess(let spec, _):
        .table(context.open(spec))
      case .checkPolicyService(let endpoint):
        context.endpoint(endpoint).map { .service($0) } ?? .none
      case .rejectDNSList(_, let argument), .permitDNSList(_, let argument):
        .list(DNSList(argument))
      default: .none
      }
    }
  }
}
