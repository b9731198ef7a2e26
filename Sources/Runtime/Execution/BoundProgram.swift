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

  /// One operation, ready to be done: a node is evaluated without copying any of it.
  final class Step {
    let operation: Operation
    let binding: Binding
    let traits: Traits

    init(_ operation: Operation, _ binding: Binding) {
      self.operation = operation
      self.binding = binding
      traits = Traits(operation)
    }
  }

  let program: DecisionProgram
  /// By the index of the operation.
  let steps: [Step]

  init(_ program: DecisionProgram, _ context: PolicyContext) {
    self.program = program
    steps = program.operations.map { Step($0, BoundProgram.binding(of: $0, context)) }
  }

  private static func binding(of operation: Operation, _ context: PolicyContext) -> Binding {
    switch operation {
    case .access(_, let spec), .serverAccess(_, _, let spec), .certificateAccess(let spec, _):
      .table(context.open(spec))
    case .checkPolicyService(let endpoint):
      context.endpoint(endpoint).map { .service($0) } ?? .none
    case .rejectDNSList(_, let argument), .permitDNSList(_, let argument): .list(DNSList(argument))
    default: .none
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
