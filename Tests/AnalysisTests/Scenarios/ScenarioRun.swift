import Foundation
import RestrictionDSL
import Runtime

@testable import Analysis

/// A scenario played by `explain`: what the clients were told, and the log.
struct ScenarioRun {
  /// Lines of each connection, as a scenario lists them: `S: …` and `X: …`.
  var dialogues: [[String]] = []
  var log: [String] = []

  private let home: String
  private var identifiers: [String: String] = [:]
  private static let clientPort: UInt16 = 50_917

  /// How the client is made known to `explain`.
  enum Identity: Sendable {
    /// XCLIENT is the first thing that is said, as when it was recorded.
    case xclient
    /// By the options of the command.
    case options
  }

  /// - Returns: `nil` where options cannot name such a client.
  init?(_ file: ScenarioFile, _ identity: Identity) throws {
    let stage = try ScenarioStage(file)
    home = stage.home
    let rehearsal = stage.rehearsal
    rehearsal.remembersClients = true
    var log = rehearsal.startLines
    for connection in file.connections {
      if rehearsal.doesNotStart {
        dialogues.append(["X: no greeting"])
        continue
      }
      guard var conversation = ScenarioRun.conversation(connection, identity) else { return nil }
      conversation.script = ScenarioRun.script(connection, identity)
      let exchanges = stage.explain(conversation).commands.map(\.exchange)
      add(exchanges, of: connection, in: file, identity)
      // What cleanup(8) says is not listed.
      log += exchanges.flatMap(\.log).filter { !$0.hasPrefix("[cleanup] ") }
    }
    self.log = log.map { normal($0) }
  }

  private mutating func add(
    _ exchanges: [Exchange], of connection: ScenarioFile.Connection, in file: ScenarioFile,
    _ identity: Identity
  ) {
    // What came before the reply to XCLIENT is not listed.
    let hidden = identity == .xclient ? connection.headers("xclient").count : 0
    let showsDelays = file.headers["timing"] == "yes"
    var lines: [String] = []
    for exchange in exchanges.dropFirst(hidden) {
      var start = 0
      for (index, reply) in exchange.replies.enumerated() where reply.dropFirst(3).first != "-" {
        let pause = exchange.pauses.filter { (start...index).contains($0.line) }
          .reduce(0) { $0 + $1.milliseconds }
        // As the player counts: tenths are rounded, and short waits are none.
        if showsDelays, pause >= 700 { lines.append("X: delay \((pause + 300) / 1000)") }
        lines += exchange.replies[start...index].map { "S: " + normal($0) }
        start = index + 1
      }
      lines += exchange.replies[start...].map { "S: " + normal($0) }
    }
    let isWaiting = connection.items.contains { $0.letter == "X" && $0.text == "silent" }
    if exchanges.last?.command != "CLOSE", !isWaiting { lines.append("X: closed") }
    dialogues.append(ScenarioRun.heard(lines, connection))
  }

  /// As many replies as the client waits for: it does not look at others.
  private static func heard(
    _ lines: [String], _ connection: ScenarioFile.Connection
  ) -> [String] {
    var owed = 1
    for item in items(connection) {
      switch item.letter {
      case "C", "P": owed += 1
      case "A": owed += Int(item.text) ?? 0
      default: break
      }
    }
    var kept: [String] = []
    for line in lines {
      if owed == 0, line.hasPrefix("S: ") { return kept }
      kept.append(line)
      if line.hasPrefix("S: "), line.dropFirst(6).first != "-" { owed -= 1 }
    }
    return kept
  }

  /// A client that waited in vain sends nothing more.
  private static func items(_ connection: ScenarioFile.Connection) -> [ScenarioFile.Item] {
    let end = connection.items.firstIndex { $0.letter == "X" && $0.text == "silent" }
    return Array(connection.items[..<(end ?? connection.items.endIndex)])
  }

  // MARK: The client

  private static func conversation(
    _ connection: ScenarioFile.Connection, _ identity: Identity
  ) -> Conversation? {
    let from = connection.header("from") ?? (connection.header("to") ?? "127.0.0.1")
    guard let address = IPAddress(from) else { return nil }
    var conversation = Conversation(client: address, clientName: nil)
    conversation.clientPort = clientPort
    if let to = connection.header("to"), let server = IPAddress(to) { conversation.server = server }
    guard identity == .options else { return conversation }
    conversation.clientName = .missing
    var hasAddress = false
    var reverse: String?
    for word in connection.headers("xclient").joined(separator: " ").split(separator: " ") {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return nil }
      switch parts[0].uppercased() {
      case "ADDR":
        guard let address = IPAddress(parts[1].replacingOccurrences(of: "IPV6:", with: "")) else {
          return nil
        }
        hasAddress = true
        conversation.client = address
      case "NAME":
        switch parts[1].uppercased() {
        case "[UNAVAILABLE]": conversation.clientName = .missing
        case "[TEMPUNAVAIL]": conversation.clientName = .temporary
        default: conversation.clientName = .verified(Bytes(parts[1]))
        }
      case "REVERSE_NAME": reverse = parts[1]
      default: return nil
      }
    }
    guard hasAddress else { return nil }
    if let reverse {
      guard !reverse.hasPrefix("[") else { return nil }
      switch conversation.clientName {
      case .missing?: conversation.clientName = .forged(Bytes(reverse))
      case .temporary?: conversation.clientName = .unconfirmed(Bytes(reverse))
      default: return nil
      }
    }
    return conversation
  }

  /// What the client sends, write by write.
  private static func script(
    _ connection: ScenarioFile.Connection, _ identity: Identity
  ) -> Script {
    var writes: [Script.Write] = []
    if identity == .xclient {
      writes = connection.headers("xclient").map { .init(Bytes("XCLIENT \($0)\r\n")) }
    }
    var waiting = Script.Write([])
    var isContent = false
    func flush() {
      if !waiting.bytes.isEmpty { writes.append(waiting) }
      waiting = Script.Write([])
    }
    func add(_ bytes: [UInt8]) {
      if isContent != waiting.isContent {
        flush()
        waiting.isContent = isContent
      }
      waiting.bytes += Bytes(bytes)
    }
    for item in items(connection) {
      let line = Array(item.text.utf8) + [13, 10]
      switch item.letter {
      case "C", "P":
        let isDot = item.text == "."
        if !isDot { isContent = false }
        add(line)
        if isDot { isContent = false }
        if item.letter == "C" { flush() }
        if item.letter == "C", item.text.trimmingCharacters(in: .whitespaces).uppercased() == "DATA"
        {
          isContent = true
        }
      case "D": add(line)
      case "R": add(ScenarioFile.unescape(item.text))
      case "A", "W", "H", "K": flush()
      default: break
      }
    }
    flush()
    return Script(writes)
  }

  // MARK: Comparable texts

  /// As `tools/normal.py` does it.
  private mutating func normal(_ line: String) -> String {
    var text = line
    for (path, label) in [("/etc", "CONFIG"), ("/queue", "QUEUE"), ("/data", "DATA")] {
      text = text.replacingOccurrences(of: home + path, with: label)
    }
    text = text.replacingOccurrences(of: "\(ScenarioRun.clientPort)", with: "PORT")
    for (pattern, label) in [
      (#"(?<![\w.])3\.\d{1,2}(\.\d{1,2}|-\d{8}(-\w+)?)(?![\w.])"#, "VERSION"),
      (#"mail queue: \d+ bytes"#, "mail queue: NUMBER bytes"),
    ] {
      text = text.replacingOccurrences(of: pattern, with: label, options: .regularExpression)
    }
    let identifier =
      "([0-9A-F]{6,}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]+)"
    for pattern in [
      "(queued as |[Ii]d=<?|\\bid )\(identifier)\\b", "^((?:warning: )?)\(identifier): ",
    ] {
      text = numbered(text, pattern)
    }
    return text.contains("\t") ? text : ScenarioFile.escape(text)
  }

  /// Queue ids by their order of appearance.
  private mutating func numbered(_ text: String, _ pattern: String) -> String {
    guard let expression = try? NSRegularExpression(pattern: pattern) else { return text }
    var result = text
    let whole = NSRange(text.startIndex..., in: text)
    for match in expression.matches(in: text, range: whole).reversed() {
      guard let range = Range(match.range(at: 2), in: text) else { continue }
      let label = identifiers[String(text[range])] ?? "QID\(identifiers.count + 1)"
      identifiers[String(text[range])] = label
      result.replaceSubrange(range, with: label)
    }
    return result
  }

  /// What was recorded, in the same form.
  static func recorded(_ file: ScenarioFile) -> (dialogues: [[String]], log: [String]) {
    let dialogues = file.connections.map { connection in
      connection.items.filter { "SX".contains($0.letter) && $0.text != "silent" }
        .map { "\($0.letter): \($0.text)" }
    }
    // The name of the program stands before each line of the daemon's log.
    let name = file.lines("main.cf").first { $0.hasPrefix("syslog_name = ") }?.dropFirst(14)
    let prefix = name.map { "[\($0)/smtpd] " } ?? ""
    let log = file.lines("log")
    return (dialogues, log.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 })
  }
}
