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

  /// What the interpreter loop has to know about an operation.
  struct Traits: OptionSet {
    let rawValue: UInt8
    /// The answer may be kept for the transaction.
    static let recordable = Traits(rawValue: 1)
    /// Ends the program.
    static let accepts = Traits(rawValue: 2)
    /// Ends a list.
    static let leaves = Traits(rawValue: 4)
    /// Stands around and between the lists: a decision to stop the list does not concern it.
    static let betweenLists = Traits(rawValue: 8)
  }

  let program: DecisionProgram
  let bindings: [Binding]
  let traits: [Traits]

  init(_ program: DecisionProgram, _ context: PolicyContext) {
    self.program = program
    traits = program.operations.map(Traits.init)
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

extension BoundProgram.Traits {
  init(_ operation: Operation) {
    self = operation.isRecordable ? .recordable : []
    switch operation {
    case .accept: insert(.accepts)
    case .leave: formUnion([.leaves, .betweenLists])
    case .enter, .implicitUnlistedSender, .implicitUnlistedRecipient, .applyDeferIfPermit:
      insert(.betweenLists)
    default: break
    }
  }
}
