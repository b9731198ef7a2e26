import RestrictionDSL

/// Lists to one chain of nodes per SMTP command.
///
/// - Source: facts restrictions.md §1: which list runs at which command, with smtpd_delay_reject
/// or not
struct CommandLowering {
  private let source: PolicySource
  private let options: PolicyOptions
  private var graph = DecisionGraph()
  private var chain: [Int] = []
  /// Source of nodes that no text stands for.
  private let implicit = DecisionProgram.Source(name: "", range: nil)

  init(source: PolicySource, options: PolicyOptions) {
    self.source = source
    self.options = options
  }

  /// Lowers every command.
  static func graph(of source: PolicySource, options: PolicyOptions) -> DecisionGraph {
    var lowering = CommandLowering(source: source, options: options)
    for stage in Stage.allCases {
      lowering.addClasses(for: stage)
    }
    for entry in Entry.allCases where entry != .vrfy { lowering.add(entry) }
    // VRFY runs what RCPT runs; it has no sender, so what needs one does nothing.
    lowering.graph.entries[Int(Entry.vrfy.rawValue)] =
      lowering.graph.entries[Int(Entry.rcpt.rawValue)]
    return lowering.graph
  }

  /// Lowers one list alone: a right-hand side of an access table.
  static func fragment(
    _ list: RestrictionList, stage: Stage, of source: PolicySource
  ) -> DecisionGraph {
    var lowering = CommandLowering(source: source, options: PolicyOptions())
    lowering.addClasses(for: stage)
    lowering.graph.isFragment = true
    let leave = lowering.add(.leave(stage))
    var next = leave
    let elements = lowering.qualified(RestrictionLowering(stage: stage).elements(list), stage)
    for element in elements.reversed() {
      next = lowering.graph.add(
        DecisionGraph.Node(
          work: element.work, source: element.source, next: next, leave: leave,
          warns: element.warns))
    }
    // The only entry of a fragment; the linearizer puts it first.
    lowering.graph.entries[0] = next
    return lowering.graph
  }

  /// Class bodies depend on the stage through bare tables: `name` of a call becomes `stage/name`.
  private mutating func addClasses(for stage: Stage) {
    for restrictionClass in source.classOrder {
      graph.classes[ClassReference.key(restrictionClass.name, stage)] = DecisionGraph.ClassBody(
        elements: qualified(
          RestrictionLowering(stage: stage).elements(restrictionClass.list), stage))
    }
  }

  private func qualified(
    _ elements: [DecisionGraph.Element], _ stage: Stage
  ) -> [DecisionGraph.Element] {
    elements.map { element in
      guard case .call(let name) = element.work else { return element }
      var copy = element
      copy.work = .call(ClassReference.key(name, stage))
      return copy
    }
  }

  private mutating func add(_ operation: Operation) -> Int {
    graph.add(
      DecisionGraph.Node(
        work: .operation(operation), source: implicit, next: nil, leave: nil, warns: false))
  }

  private mutating func append(_ operation: Operation) { chain.append(add(operation)) }

  private mutating func add(_ entry: Entry) {
    chain = []
    switch entry {
    case .connect:
      guard !options.delaysReject else { return }
      append(.client)
    case .helo:
      guard !options.delaysReject else { return }
      append(.helo)
    case .mail:
      guard !options.delaysReject else { return }
      append(.sender)
      appendUnlistedSender()
    case .rcpt, .vrfy:
      if options.delaysReject {
        append(.client)
        append(.helo)
        append(.sender)
        appendUnlistedSender()
      }
      appendRecipientStage()
    case .etrn:
      if options.delaysReject {
        append(.client)
        append(.helo)
      }
      append(.etrn)
      append(.applyDeferIfPermit)
    case .data:
      append(.data)
      append(.applyDeferIfPermit)
    case .endOfData:
      append(.endOfData)
      append(.applyDeferIfPermit)
    }
    append(Operation.accept)
    link(entry)
  }

  /// Every node of the chain leads to the one behind it, except where a list was linked already.
  private mutating func link(_ entry: Entry) {
    for (node, next) in zip(chain, chain.dropFirst()) where graph.nodes[node]?.next == nil {
      graph.nodes[node]?.next = next
    }
    graph.entries[Int(entry.rawValue)] = chain.first
  }

  private mutating func append(_ stage: Stage, pinsFirst: Bool = false) {
    var elements = qualified(RestrictionLowering(stage: stage).elements(source.list(stage)), stage)
    if stage == .relay && options.relayDefaultIsEmpty { elements = relayDefault }
    let enter = add(Operation.enter(stage))
    let leave = add(Operation.leave(stage))
    graph.nodes[enter]?.leave = leave
    chain.append(enter)
    for (index, element) in elements.enumerated() {
      var node = DecisionGraph.Node(
        work: element.work, source: element.source, next: nil, leave: leave, warns: element.warns)
      node.isPinned = pinsFirst && index == 0
      chain.append(graph.add(node))
    }
    chain.append(leave)
  }

  private mutating func appendRecipientStage() {
    if options.relayFirst {
      append(.relay)
      append(.recipient, pinsFirst: true)
    } else {
      append(.recipient)
      append(.relay, pinsFirst: true)
    }
    append(.applyDeferIfPermit)
    if options.rejectsUnlistedRecipient { append(.implicitUnlistedRecipient) }
  }

  private mutating func appendUnlistedSender() {
    if options.rejectsUnlistedSender { append(.implicitUnlistedSender) }
  }

  /// Below compatibility level 1 an unset relay list is empty; Postfix evaluates the permitting
  /// half of the new default to say whose mail it would have denied.
  private var relayDefault: [DecisionGraph.Element] {
    let permits: [(Operation, RestrictionName)] = [
      (.permitMynetworks, .permitMynetworks),
      (.permitSASLAuthenticated, .permitSASLAuthenticated),
      (.permitAuthDestination, .permitAuthDestination),
    ]
    let elements = permits.map { operation, name in
      DecisionGraph.Element(
        work: .operation(operation),
        source: DecisionProgram.Source(name: name.rawValue, range: nil), warns: false)
    }
    return elements + [
      DecisionGraph.Element(
        work: .operation(.warnEmptyRelayDefault), source: implicit, warns: false)
    ]
  }
}

/// The name of a class body: the class and the stage that it is used at.
enum ClassReference {
  static func key(_ name: String, _ stage: Stage) -> String { "\(name)@\(stage.rawValue)" }

  /// The name as written.
  static func name(_ key: String) -> String {
    String(key[..<(key.lastIndex(of: "@") ?? key.endIndex)])
  }
}
