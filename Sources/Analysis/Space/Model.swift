import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// A service as the analyses run it: the daemon's executor over the program as written, tables that
/// cannot be listed answered by the analysis.
final class Model {
  let settings: Settings
  let program: DecisionProgram
  let context: PolicyContext
  /// Follows paths.
  let executor: Executor
  /// Tells of every probe.
  let trace = Trace()
  /// Operations that a path can come to, those of lists in access tables included.
  private(set) var operations: Set<Operation> = []
  /// Tables that access(5) restrictions ask, with whom they ask about.
  private(set) var accessTables: [(operation: Operation, table: OpenTable)] = []
  private var summaries: [TableSpec: Summary] = [:]
  private(set) var gaps: [String] = []
  /// Some list or map is answered by the analysis: the resolver must not remember.
  private(set) var resolverForgets = false
  /// The line with which a server with these settings stops before its first client; `nil` where it starts.
  let startFailure: String?
  private let compiler: PolicyCompiler

  /// Distinct values that are looked at for one table.
  private static let valueLimit = 20_000

  init(settings: Settings) {
    self.settings = settings
    let tables = TableCache(settings: settings, changesNothing: true)
    tables.answersElsewhere = { _, shape in
      switch shape {
      case .patterns, .random, .opaque: true
      case .entries, .constant, .networks, .union, .pipe, .proxied, .failing: false
      }
    }
    let rehearsal = Rehearsal(settings: settings, passes: .none, tables: tables)
    context = rehearsal.executor.context
    program = rehearsal.policy.program
    startFailure = rehearsal.policy.diagnostics.first(where: \.isFatal)?.logLines.last
    executor = Executor(program: program, context: context)
    compiler = PolicyCompiler(settings: settings)
    collectOperations()
    resolverForgets = Model.mapParameters.contains { parameter in
      settings.list(parameter).contains { word in
        TableSpec(word).map { context.open($0).isRemote } ?? false
      }
    }
    for parameter in ["sender_dependent_default_transport_maps", "sender_dependent_relayhost_maps"]
    {
      if !settings.string(parameter).isEmpty { gaps.append("\(parameter) is not followed") }
    }
  }

  /// Parameters whose tables decide about addresses.
  static let mapParameters = [
    "mydestination", "virtual_alias_domains", "virtual_mailbox_domains", "relay_domains",
    "virtual_alias_maps", "virtual_mailbox_maps", "local_recipient_maps", "relay_recipient_maps",
    "canonical_maps", "recipient_canonical_maps", "sender_canonical_maps", "transport_maps",
    "relocated_maps", "mynetworks", "smtpd_sender_login_maps",
  ]

  /// A text without the name of the configuration directory.
  func shortened(_ text: String) -> String {
    let directory = settings.string("config_directory")
    guard directory.count > 1 else { return text }
    return text.replacing(directory, with: "$config_directory")
  }

  // MARK: What a path can come to

  private func collectOperations() {
    var waiting = program.operations.map { ($0, Stage.recipient) }
    var stages: [Operation: Stage] = [:]
    // A list in an access table is compiled for the stage it is found at.
    for entry in Entry.allCases {
      guard var index = program.start(of: entry) else { continue }
      var stage = Stage.client
      for _ in program.nodes.indices {
        let node = program.nodes[index]
        let operation = program.operations[Int(node.operation)]
        if case .enter(let list) = operation { stage = list }
        stages[operation] = stage
        if operation == .accept { break }
        index = Int(node.next)
      }
    }
    waiting = waiting.map { ($0.0, stages[$0.0] ?? .recipient) }
    var texts: Set<Bytes> = []
    while let (operation, stage) = waiting.popLast() {
      guard operations.insert(operation).inserted else { continue }
      guard let spec = operation.table else { continue }
      let table = context.open(spec)
      accessTables.append((operation, table))
      for value in values(of: table) {
        guard case .restrictions(let list) = AccessAction.parse(value),
          texts.insert(list + Bytes("@\(stage)")).inserted
        else { continue }
        let fragment = compiler.compileFragment(list.text, stage: stage)
        waiting += fragment.operations.map { ($0, stage) }
      }
    }
  }

  /// What one reading of a table tells.
  struct Summary {
    /// Every value, each once.
    var values: [Bytes] = []
    /// The first keys, up to ``KeyCollector/limit``.
    var keys: [Bytes] = []
    var count = 0
    /// Every key is in ``keys``.
    var isComplete: Bool { count == keys.count }
  }

  /// Every value that a table can give, each once.
  func values(of table: OpenTable) -> [Bytes] { summary(of: table).values }

  /// Reads a table once.
  func summary(of table: OpenTable) -> Summary {
    if let known = summaries[table.spec] { return known }
    var summary = Summary()
    var numbers = ValueNumbers(limit: Model.valueLimit)
    func add(_ value: Bytes) { _ = numbers.number(of: value.span) }
    switch table.shape {
    case .entries(let entries):
      do {
        try entries.visitEntries { key, value in
          summary.count += 1
          if summary.count <= KeyCollector.limit { summary.keys.append(Bytes(copying: key)) }
          _ = numbers.number(of: value)
        }
      } catch {
        gaps.append("\(table.spec) cannot be read to its end")
      }
    case .constant(let value): add(value)
    case .networks(_, let values), .random(let values): values.forEach(add)
    case .patterns(let rules): rules.forEach { add($0.value ?? $0.prefix) }
    case .proxied(let inner): values(of: inner).forEach(add)
    case .union(let members): members.forEach { values(of: $0).forEach(add) }
    case .pipe(let members): (members.last.map(values) ?? []).forEach(add)
    case .failing, .opaque: break
    }
    summary.values = numbers.values
    if summary.values.count >= Model.valueLimit {
      gaps.append("\(table.spec) has more than \(Model.valueLimit) different values")
    }
    summaries[table.spec] = summary
    return summary
  }
}
