import Foundation
import LookupTables
import RestrictionDSL
import Runtime
import TestSupport

@testable import Analysis

/// A recorded scenario, as far as `explain` can express it: sessions of one client each, with one
/// HELO, one MAIL, and RCPT commands in a row.
///
/// Format: Tests/ConformanceTests/FORMAT.md
struct Scenario {
  let name: String
  private var sections: [(title: [String], lines: [String])] = []

  static let folder = Fixtures.tests.appending(path: "ConformanceTests")

  static func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "scenarios").path)
      .filter { $0.hasSuffix(".scn") }.map { String($0.dropLast(4)) }.sorted()
  }

  init(_ name: String) throws {
    self.name = name
    let text = try String(
      contentsOf: Scenario.folder.appending(path: "scenarios/\(name).scn"), encoding: .utf8)
    for line in text.components(separatedBy: "\n") {
      if line.hasPrefix("== ") {
        sections.append((line.dropFirst(3).split(separator: " ").map(String.init), []))
      } else if !sections.isEmpty {
        sections[sections.count - 1].lines.append(line)
      }
    }
  }

  private func lines(_ title: String) -> [String] {
    sections.first { $0.title.first == title }?.lines.filter { !$0.isEmpty } ?? []
  }

  /// Whether something takes part that `explain` does not have.
  var isExpressible: Bool {
    let strangers = ["policy", "filter", "auth", "verify", "flush", "sh"]
    return !sections.contains { section in
      strangers.contains(section.title[0]) || section.title == ["main.cf", "raw"]
    }
  }

  /// A dialogue, and what the server answered to RCPT and logged about it.
  struct Talk {
    let conversation: Conversation
    let replies: [[String]]
    let log: [String]
  }

  /// The dialogues that are plain enough, each with the reject lines that are its own.
  var talks: [Talk] {
    let connections = sections.filter { $0.title.first == "connection" }
    // With several connections nobody knows whose line is whose.
    guard connections.count == 1 else { return [] }
    return talk(connections[0].lines).map { [$0] } ?? []
  }

  private func talk(_ lines: [String]) -> Talk? {
    func header(_ name: String) -> String? {
      lines.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
    guard header("to") == nil, header("keep") == nil else { return nil }
    // One transaction: nothing about recipients behind its DATA.
    let verbs = lines.filter { $0.hasPrefix("C: ") || $0.hasPrefix("P: ") }
      .map { $0.dropFirst(3).prefix { $0 != " " }.uppercased() }
    if let data = verbs.firstIndex(of: "DATA"), verbs[data...].contains("RCPT") { return nil }
    var conversation = Conversation(
      client: .v4(0x7F00_0001), clientName: .verified(Bytes("localhost")))
    if let from = header("from") {
      guard let address = IPAddress(from) else { return nil }
      conversation.client = address
      conversation.clientName = .missing
    }
    if let words = header("xclient") {
      guard apply(words, to: &conversation) else { return nil }
    } else if header("from") != nil {
      return nil
    }
    var replies: [[String]] = []
    var isListening = false
    var didMail = false
    for line in lines where line.count > 2 && line.dropFirst().hasPrefix(": ") {
      let text = String(line.dropFirst(3))
      switch line.first {
      case "S": if isListening { replies[replies.count - 1].append(text) }
      case "C":
        isListening = false
        let verb = text.prefix { $0 != " " }.uppercased()
        switch verb {
        case "EHLO", "HELO":
          guard conversation.helo == nil, !didMail else { return nil }
          conversation.usesEHLO = verb == "EHLO"
          conversation.helo = Bytes(text.dropFirst(5).description)
        case "MAIL":
          guard !didMail, text.uppercased().hasPrefix("MAIL FROM:<"), text.hasSuffix(">") else {
            return nil
          }
          didMail = true
          conversation.sender = Bytes(text.dropFirst(10).description)
        case "RCPT":
          guard didMail, text.uppercased().hasPrefix("RCPT TO:<"), text.hasSuffix(">") else {
            return nil
          }
          conversation.recipients.append(Bytes(text.dropFirst(8).description))
          replies.append([])
          isListening = true
        case "DATA", "QUIT":
          return conversation.recipients.isEmpty
            ? nil : Talk(conversation: conversation, replies: replies, log: rejectLines)
        default: return nil
        }
      default: return nil
      }
    }
    return conversation.recipients.isEmpty
      ? nil : Talk(conversation: conversation, replies: replies, log: rejectLines)
  }

  private func apply(_ words: String, to conversation: inout Conversation) -> Bool {
    for word in words.split(separator: " ") {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return false }
      switch parts[0].uppercased() {
      case "ADDR":
        guard let address = IPAddress(parts[1].replacingOccurrences(of: "IPV6:", with: "")) else {
          return false
        }
        conversation.client = address
        conversation.clientName = .missing
      case "NAME":
        switch parts[1].uppercased() {
        case "[UNAVAILABLE]": conversation.clientName = .missing
        case "[TEMPUNAVAIL]": conversation.clientName = .temporary
        default: conversation.clientName = .verified(Bytes(parts[1]))
        }
      default: return false
      }
    }
    return true
  }

  /// What RCPT logged.
  private var rejectLines: [String] {
    lines("log").filter { $0.contains(": RCPT from ") }.map(Scenario.anonymous)
  }

  static func anonymous(_ line: String) -> String {
    var text = line.replacingOccurrences(of: "QUEUEID", with: "QID1")
    for (pattern, replacement) in [
      (#"\bQID[0-9]+"#, "QID"), (#"/[^ ]*explain-[-0-9A-F]+"#, "CONFIG"),
      (#"\b(hash|btree|lmdb|cdb):CONFIG"#, "texthash:CONFIG"),
    ] {
      text = text.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
    }
    return text
  }

  /// Writes tables to a directory and gives the settings.
  func settings(in directory: String) throws -> Settings {
    var values: [(String, String)] = []
    let base = try String(contentsOf: Scenario.folder.appending(path: "base.cf"), encoding: .utf8)
    for line in base.components(separatedBy: "\n") + lines("main.cf") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      let key = line[..<equals].trimmingCharacters(in: .whitespaces)
      let value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
      values.removeAll { $0.0 == key }
      if value != "!default" { values.append((key, value)) }
    }
    for section in sections where ["table", "file"].contains(section.title[0]) {
      try section.lines.joined(separator: "\n").appending("\n")
        .write(
          toFile: directory + "/" + (section.title.last ?? ""), atomically: true, encoding: .utf8)
    }
    // Sources are read as they are: no compiled tables here.
    values = values.map { key, value in
      (
        key,
        value.replacingOccurrences(
          of: #"\b(hash|btree|lmdb|cdb):\$config_directory"#,
          with: "texthash:\\$config_directory", options: .regularExpression)
      )
    }
    var machine = MachineFacts.example
    machine.configDirectory = directory
    return SettingsBuilder(
      mainCF: MainCF(), overrides: values.map { SettingsBuilder.Override($0.0, $0.1) },
      environment: machine
    ).build().0
  }

  // MARK: DNS

  /// The zone of the scenario; names that it does not have do not exist.
  func answer(_ question: Question) -> Answer? {
    switch question {
    case .dns(let name, let type): return Answer(.dns(records(name.text.lowercased(), type)))
    case .addresses(let host, let family):
      let found = zone.filter {
        $0.name == host.text.lowercased() && ["A", "AAAA"].contains($0.type)
      }
      .compactMap { IPAddress($0.data) }
      .filter { family == .enabled || ($0.bitWidth == 32) == (family == .ipv4) }
      return Answer(
        .host(
          found.isEmpty
            ? .failed(temporary: false, reason: "Name or service not known") : .addresses(found)))
    default: return nil
    }
  }

  private var zone: [(name: String, type: String, data: String)] {
    lines("dns").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      return words.count >= 2
        ? (words[0].lowercased(), words[1], words.count > 2 ? words[2] : "") : nil
    }
  }

  /// Markers and wildcards of the format that this reader does not follow.
  var hasPlainZone: Bool {
    !zone.contains {
      ["SERVFAIL", "TIMEOUT", "NODATA", "CNAME", "NXDOMAIN"].contains($0.type)
        || $0.name.hasPrefix("*")
    }
  }

  private func records(_ name: String, _ type: DNSType) -> DNSAnswer {
    let rows = zone.filter { $0.name == name }
    guard !rows.isEmpty else {
      return zone.contains { $0.name.hasSuffix("." + name) } ? .noData : .noName
    }
    let data = rows.filter { $0.type == type.name }.map(\.data)
    guard !data.isEmpty else { return .noData }
    if type == .txt {
      return .records(data.map { .text(Bytes($0.trimmingCharacters(in: ["\""])), ttl: 60) })
    }
    return DNSAnswer(type, data.joined(separator: ",")) ?? .noData
  }
}
