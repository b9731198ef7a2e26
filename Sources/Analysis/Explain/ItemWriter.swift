import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// Steps of a trace in the words of an explanation.
struct ItemWriter {
  private let rehearsal: Rehearsal
  private let numbers: [Key: [Int]]
  /// Why an operation came out as it did, the last time that it was really asked.
  private var reasons: [Operation: String] = [:]

  private struct Key: Hashable {
    let stage: Stage
    let range: SourceRange?
    let operation: Operation
  }

  init(_ rehearsal: Rehearsal) {
    self.rehearsal = rehearsal
    numbers = ItemWriter.numbers(rehearsal.settings)
  }

  /// Position of every element in its list, as written.
  private static func numbers(_ settings: Settings) -> [Key: [Int]] {
    let graph = PolicyCompiler(settings: settings).graph(passes: .none)
    var numbers: [Key: [Int]] = [:]
    var done: Set<Stage> = []
    for start in graph.entries.compactMap(\.self) {
      var stage: Stage?
      var count = 0
      var cursor: Int? = start
      while let index = cursor, let node = graph.nodes[index] {
        cursor = node.next
        switch node.operation {
        case .enter(let list)?:
          stage = done.insert(list).inserted ? list : nil
          count = 0
        case .leave?: stage = nil
        case let operation?:
          guard let stage else { continue }
          count += 1
          numbers[Key(stage: stage, range: node.source.range, operation: operation), default: []]
            .append(count)
        case nil: continue
        }
      }
    }
    return numbers
  }

  private func number(_ stage: Stage?, _ range: SourceRange?, _ operation: Operation) -> Int {
    guard let stage else { return 0 }
    return numbers[Key(stage: stage, range: range, operation: operation)]?.first ?? 0
  }

  /// - Returns: `nil` for what is only structure.
  mutating func item(_ step: Trace.Step, _ recipient: Bytes?) -> Explanation.Item? {
    switch step.operation {
    case .enter, .leave, .accept: return nil
    case .applyDeferIfPermit, .implicitUnlistedSender, .implicitUnlistedRecipient:
      if step.operation == .applyDeferIfPermit, step.result == .dunno { return nil }
      return Explanation.Item(
        list: "", number: 0, text: ItemWriter.implicit(step.operation), result: result(step),
        reason: reason(step, recipient), place: "", depth: step.depth)
    default:
      let prefix = step.isWarning ? "warn_if_reject " : ""
      return Explanation.Item(
        list: step.stage?.listName ?? "",
        number: step.depth == 0 ? number(step.stage, step.range, step.operation) : 0,
        text: prefix + short(step.operation.mnemonic), result: result(step),
        reason: reason(step, recipient), place: place(step), depth: step.depth)
    }
  }

  private static func implicit(_ operation: Operation) -> String {
    switch operation {
    case .implicitUnlistedSender: "smtpd_reject_unlisted_sender = yes"
    case .implicitUnlistedRecipient: "smtpd_reject_unlisted_recipient = yes"
    default: "defer_if_permit is pending"
    }
  }

  private func place(_ step: Trace.Step) -> String {
    guard let range = step.range else {
      let name = step.stage?.parameterName ?? ""
      return name.isEmpty || rehearsal.settings.isSet(name) ? "" : "default"
    }
    guard range.file != "-o" else { return "master.cf" }
    return "\(range.file.split(separator: "/").last ?? ""):\(range.line)"
  }

  private func result(_ step: Trace.Step) -> String {
    switch step.result {
    case .permit: return "PERMIT"
    case .reject(let reply): return "REJECT " + reply.prefix(3).text
    case .hangUp: return "HANGUP"
    case .fatal: return "FATAL"
    case .list: return "list"
    case .dunno:
      if step.setsDeferIfPermit { return "defer_if_permit" }
      if step.setsDeferIfReject { return "defer_if_reject" }
      let didSomething = step.effects.contains { if case .log = $0 { false } else { true } }
      return didSomething ? "dunno, with effect" : "dunno"
    }
  }

  // MARK: Why

  private mutating func reason(_ step: Trace.Step, _ recipient: Bytes?) -> String {
    var parts: [String] = []
    if let destination = destination(step.operation, recipient) { parts.append(destination) }
    if step.isKept {
      let earlier = reasons[step.operation] ?? ""
      parts.append(earlier.isEmpty ? "as before" : "as before: \(earlier)")
      return short(parts.joined(separator: "; "))
    }
    for match in step.matches {
      parts.append("\(match.parameter) has \(match.element.text)")
    }
    parts += tables(step)
    parts += step.replies.map { "\(ItemWriter.text($0.question)) -> \(ItemWriter.text($0.answer))" }
    if parts.isEmpty, step.operation == .implicitUnlistedRecipient {
      parts.append(ItemWriter.unlisted(step.result == .dunno))
    }
    if parts.isEmpty, step.result == .dunno, let list = ItemWriter.list(of: step.operation) {
      parts.append("not in \(list)")
    }
    parts += step.effects.compactMap(\.text)
    if parts.isEmpty, case .reject = step.result { parts += warnings(step) }
    let reason = short(parts.joined(separator: "; "))
    reasons[step.operation] = reason
    return reason
  }

  /// Why a list or table could not be asked.
  private func warnings(_ step: Trace.Step) -> [String] {
    step.effects.compactMap { effect in
      guard case .log(let line) = effect, line.starts(with: Bytes("warning: ")) else { return nil }
      return line.dropFirst(9).text
    }
  }

  /// Files of the configuration directory by their names.
  private func short(_ text: String) -> String {
    let directory = rehearsal.settings.string("config_directory")
    return directory.count > 1 ? text.replacing(directory + "/", with: "") : text
  }

  /// Which list makes the recipient's domain ours.
  private func destination(_ operation: Operation, _ recipient: Bytes?) -> String? {
    switch operation {
    case .permitAuthDestination, .rejectUnauthDestination, .deferUnauthDestination,
      .checkRelayDomains:
      break
    default: return nil
    }
    var book = AnswerBook()
    guard let recipient,
      let resolved = try? rehearsal.executor.context.resolver.resolve(recipient, book: &book)
    else { return nil }
    let list =
      switch resolved.addressClass {
      case .local: "mydestination"
      case .virtualAlias: "virtual_alias_domains"
      case .virtualMailbox: "virtual_mailbox_domains"
      case .relay: "relay_domains"
      case .default: ""
      }
    let domain = resolved.domain.text
    let routed = resolved.isRouted ? ", but the local part names another destination" : ""
    return list.isEmpty ? "\(domain) is not ours" : "\(domain) is in \(list)\(routed)"
  }

  private func tables(_ step: Trace.Step) -> [String] {
    var parts: [String] = []
    var missed: [(table: TableSpec, keys: [String])] = []
    for probe in step.probes {
      switch probe.finding {
      case .missing:
        if missed.last?.table == probe.table {
          missed[missed.count - 1].keys.append(probe.key.text)
        } else {
          missed.append((probe.table, [probe.key.text]))
        }
      case .found(let value):
        let place = rehearsal.executor.context.open(probe.table).place(of: probe.key)
        let written =
          place.map { " (\($0.file.split(separator: "/").last ?? ""):\($0.line))" } ?? ""
        let shown = value.isEmpty ? "is there" : "\"\(value.text)\""
        parts.append("\(probe.table)\(written): \"\(probe.key.text)\" \(shown)")
      case .failed: parts.append("\(probe.table): \"\(probe.key.text)\" cannot be looked up")
      }
    }
    guard parts.isEmpty else { return parts }
    return missed.map { table, keys in
      "tried \(keys.joined(separator: ", "))"
        + (step.operation.table == table ? "" : " in \(table)")
    }
  }

  private static func unlisted(_ isAccepted: Bool) -> String {
    isAccepted ? "no list has to have it" : "no list has it"
  }

  private static func list(of operation: Operation) -> String? {
    switch operation {
    case .permitMynetworks: "mynetworks"
    default: nil
    }
  }

  static func text(_ question: Question) -> String {
    switch question {
    case .dns(let name, let type): "\(name.text) \(type.name)"
    case .addresses(let host, _): "\(host.text)"
    case .name(let address): "\(address)"
    case .policy(let endpoint, _, _): "policy service \(endpoint)"
    case .verify(let address, _): "verify \(address.text)"
    case .flush(let site): "flush \(site.text)"
    case .table(let spec, let key): "\(spec) \"\(key.text)\""
    case .pause(let milliseconds, _): "pause \(milliseconds) ms"
    case .commitMessage: "queue"
    }
  }

  static func text(_ answer: Answer.Value) -> String {
    switch answer {
    case .dns(.noName): return "no such name"
    case .dns(.noData): return "no data"
    case .dns(.temporary): return "try again"
    case .dns(.malformed): return "malformed reply"
    case .dns(.records(let records)):
      return records.map { record in
        switch record {
        case .address(let address, _): "\(address)"
        case .mx(let preference, let host, _): "\(preference) \(host.isEmpty ? "." : host.text)"
        case .host(let host, _): host.text
        case .text(let text, _): "\"\(text.text)\""
        }
      }.joined(separator: ", ")
    case .host(.addresses(let addresses)): return addresses.map { "\($0)" }.joined(separator: ", ")
    case .host(.name(let name)): return name.text
    case .host(.failed(_, let reason)): return reason
    case .policy(.action(let action)): return action.text
    case .policy(.failed): return "no answer"
    case .verify(.status(let status, _)):
      return ["deliverable", "deferred", "undeliverable", "in progress"][min(max(status, 0), 3)]
    case .verify(.failed): return "no answer"
    case .flush(let status): return status.map { "\($0)" } ?? "no answer"
    case .table(.success(let value)): return value.map { "\"\($0.text)\"" } ?? "no entry"
    case .table(.failure): return "cannot be looked up"
    case .elapsed: return "over"
    case .commit: return "done"
    }
  }

  // MARK: What was left out

  /// Elements of the lists that were run which the compiler took out: they cannot do anything.
  func withoutEffect(_ stages: Set<Stage>) -> [String] {
    let program = rehearsal.policy.program
    var kept: Set<Element> = []
    for start in Entry.allCases.compactMap({ program.start(of: $0) }) {
      var stage: Stage?
      var index = start
      for _ in program.nodes.indices {
        let node = program.nodes[index]
        let operation = program.operations[Int(node.operation)]
        if case .accept = operation { break }
        if case .enter(let list) = operation { stage = list }
        if let stage {
          kept.insert(Element(stage: stage, program.sources[Int(node.source)].range, operation))
        }
        index = Int(node.next)
      }
    }
    return numbers.flatMap { key, numbers in
      stages.contains(key.stage)
        && !kept.contains(Element(stage: key.stage, key.range, key.operation))
        ? numbers.map { (key.stage, $0, short(key.operation.mnemonic)) } : []
    }
    .sorted { ($0.0.rawValue, $0.1) < ($1.0.rawValue, $1.1) }
    .map { "\($0.0.listName) \($0.1) \($0.2)" }
  }

  /// What a list has at one place; a default has none.
  private struct Element: Hashable {
    let stage: Stage
    let range: SourceRange?
    let operation: Operation?

    init(stage: Stage, _ range: SourceRange?, _ operation: Operation) {
      self.stage = stage
      self.range = range
      self.operation = range == nil ? operation : nil
    }
  }

  /// `recipient 3..5` for every list that a run did not finish.
  func notEvaluated(_ run: Trace.Run) -> [String] {
    let program = rehearsal.policy.program
    guard let start = program.start(of: run.entry) else { return [] }
    let seen = Set(run.steps.compactMap(\.node))
    var rows: [(list: String, numbers: [Int])] = []
    var stage: Stage?
    var index = start
    for _ in program.nodes.indices {
      let node = program.nodes[index]
      let operation = program.operations[Int(node.operation)]
      switch operation {
      case .accept: return rows.map(ItemWriter.row)
      case .enter(let list): stage = list
      case .leave, .applyDeferIfPermit, .implicitUnlistedSender, .implicitUnlistedRecipient: break
      default:
        guard !seen.contains(index), let stage else { break }
        let number = number(stage, program.sources[Int(node.source)].range, operation)
        if rows.last?.list == stage.listName {
          rows[rows.count - 1].numbers.append(number)
        } else {
          rows.append((stage.listName, [number]))
        }
      }
      index = Int(node.next)
    }
    return rows.map(ItemWriter.row)
  }

  private static func row(_ row: (list: String, numbers: [Int])) -> String {
    let numbers = row.numbers.filter { $0 > 0 }
    guard let first = numbers.first, let last = numbers.last else { return row.list }
    return first == last ? "\(row.list) \(first)" : "\(row.list) \(first)..\(last)"
  }
}
