import Compiler
import LookupTables
import RestrictionDSL

/// A decision program with the tables and services its operations name: nothing is looked up by name while it runs.
final class BoundProgram {
  /// What an operation needs besides its operands and its table.
  enum Binding {
    case none
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

  /// One node, ready to be done: it is evaluated without copying any of it.
  final class Step {
    let node: DecisionProgram.Node
    let operation: Operation
    /// Of an access check.
    let table: OpenTable?
    let binding: Binding
    let traits: Traits
    /// The answer is kept for further recipients of the transaction.
    let isRecordable: Bool
    /// It stays the same as long as the client does: only the configuration is asked.
    let isLasting: Bool

    init(
      _ node: DecisionProgram.Node, _ operation: Operation, _ table: OpenTable?,
      _ binding: Binding, _ context: PolicyContext
    ) {
      self.node = node
      self.operation = operation
      self.table = table
      self.binding = binding
      traits = Traits(operation)
      isRecordable =
        node.slot != .max && node.scope < .recipient && !node.flags.contains(.volatile)
        && operation.isRecordable
        && !(operation == .rejectUnlisted(.sender) && context.validator.isVolatile)
      isLasting =
        switch operation {
        case .permitMynetworks: !context.mynetworks.asksTables
        case .permitInetInterfaces: true
        default: false
        }
    }
  }

  let program: DecisionProgram
  /// By the index of the node.
  let steps: [Step]
  let cells: [Cell]
  /// One bit for each of DATA and the end of data whose list has no element.
  let uncheckedEntries: UInt8

  init(_ program: DecisionProgram, _ context: PolicyContext) {
    self.program = program
    let tables = program.operations.map { $0.table.map(context.open) }
    let bindings = program.operations.map { BoundProgram.binding(of: $0, context) }
    steps = program.nodes.map { node in
      let index = Int(node.operation)
      return Step(node, program.operations[index], tables[index], bindings[index], context)
    }
    let cells = BoundProgram.cells(steps, context)
    self.cells = cells
    var unchecked: UInt8 = 0
    for entry in [Entry.data, .endOfData] {
      let start = program.start(of: entry)
      if start.map({ BoundProgram.onlyPasses(cells, from: $0) }) ?? true {
        unchecked |= 1 << entry.rawValue
      }
    }
    uncheckedEntries = unchecked
  }

  /// Whether there is nothing but the borders of a list.
  private static func onlyPasses(_ cells: [Cell], from start: Int) -> Bool {
    var pc = start
    while true {
      switch cells[pc].kind {
      case .enter, .leave, .empty: pc = cells[pc].next
      case .accept: return true
      default: return false
      }
    }
  }

  private static func binding(of operation: Operation, _ context: PolicyContext) -> Binding {
    switch operation {
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
