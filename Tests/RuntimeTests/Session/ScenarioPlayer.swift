import Foundation
import RestrictionDSL
import TestSupport

@testable import Runtime

/// A recorded scenario, played against sessions in memory.
///
/// Format: Tests/ConformanceTests/FORMAT.md. Everything that needs another process (policy, SASL,
/// filter servers, the verify service) is not played here.
struct ScenarioPlayer {
  let name: String
  private var sections: [(title: [String], lines: [String])] = []

  static let folder = Fixtures.tests.appending(path: "ConformanceTests")

  /// Names of the scenarios of some families.
  static func names(_ families: [String]) throws -> [String] {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "scenarios").path)
    let names = files.filter { file in families.contains { file.hasPrefix($0 + "-") } }
    guard !names.isEmpty else { throw CocoaError(.fileNoSuchFile) }
    return names.map { String($0.dropLast(4)) }.sorted()
  }

  init(_ name: String) throws {
    self.name = name
    let text = try String(
      contentsOf: ScenarioPlayer.folder.appending(path: "scenarios/\(name).scn"), encoding: .utf8)
    for line in text.components(separatedBy: "\n") {
      if line.hasPrefix("== ") {
        sections.append((line.dropFirst(3).split(separator: " ").map(String.init), []))
      } else if !sections.isEmpty {
        sections[sections.count - 1].lines.append(
          line.hasPrefix("\\==") ? String(line.dropFirst()) : line)
      }
    }
    for index in sections.indices {
      while sections[index].lines.last == "" { sections[index].lines.removeLast() }
    }
  }

  func lines(_ title: String) -> [String] {
    sections.first { $0.title.joined(separator: " ") == title }?.lines ?? []
  }

  /// Whether everything that the scenario needs is in memory.
  var isPlayable: Bool {
    let others: Set = ["policy", "verify", "filter", "auth", "sh"]
    return sections.allSatisfy { section in
      !others.contains(section.title.first ?? "") && section.title != ["main.cf", "raw"]
    }
  }

  // MARK: Configuration

  private func settings(in directory: String) throws -> Settings {
    var values: [(String, String)] = []
    func set(_ line: String) {
      guard let equals = line.firstIndex(of: "=") else { return }
      let key = line[..<equals].trimmingCharacters(in: .whitespaces)
      let value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
      values.removeAll { $0.0 == key }
      if value != "!default" { values.append((key, value)) }
    }
    let base = try String(
      contentsOf: ScenarioPlayer.folder.appending(path: "base.cf"), encoding: .utf8)
    for line in base.components(separatedBy: "\n") + lines("main.cf") { set(line) }
    for section in sections where section.title.first == "table" || section.title.first == "file" {
      let file = section.title.last ?? ""
      try section.lines.joined(separator: "\n").appending("\n")
        .write(toFile: directory + "/" + file, atomically: true, encoding: .utf8)
    }
    for type in ["hash", "btree", "lmdb", "cdb"] {
      values = values.map {
        (
          $0.0,
          $0.1.replacingOccurrences(
            of: "\\b\(type):\\$config_directory", with: "texthash:\\$config_directory",
            options: .regularExpression)
        )
      }
    }
    var machine = MachineFacts.example
    machine.configDirectory = directory
    let overrides = values.map { SettingsBuilder.Override($0.0, $0.1) }
    return SettingsBuilder(mainCF: MainCF(), overrides: overrides, environment: machine).build().0
  }

  private func fill(_ bench: SessionBench) {
    var zone = Zone()
    for line in lines("dns") { zone.add(line) }
    bench.dns = { zone.answer($0.text, $1) }
    for (host, addresses) in zone.hosts { bench.hosts[host] = addresses }
    for (address, answer) in zone.pointers { bench.names[address] = answer }
    var flush: [String: Int] = [:]
    for line in lines("flush") {
      let words = line.split(separator: " ")
      if words.count == 2 { flush[String(words[0])] = Int(words[1]) }
    }
    bench.flushStatus = { flush[$0] ?? 0 }
  }

  // MARK: Play

  /// Differences between what was recorded and what the sessions did.
  ///
  /// - Parameter chunk: sizes of the pieces in which everything arrives.
  func play(chunk: (() -> Int)? = nil) throws -> [String] {
    let directory = NSTemporaryDirectory() + "scenario-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let bench = try SessionBench(settings: settings(in: directory))
    fill(bench)
    bench.stepsTwice = chunk != nil
    var differences: [String] = []
    var open: [BenchConnection] = []
    for section in sections where section.title.first == "connection" {
      let (connection, lines) = connect(section.lines, bench)
      differences += play(lines, connection, chunk)
      if lines.contains("keep: open") { open.append(connection) } else { connection.close() }
    }
    for connection in open.reversed() { connection.close() }
    differences += compareLog(bench) + compareMessages(bench)
    return differences
  }

  private func connect(
    _ lines: [String], _ bench: SessionBench
  ) -> (BenchConnection, [String]) {
    func header(_ name: String) -> String? {
      lines.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
    let server = header("to").flatMap { IPAddress($0) } ?? .v4(0x7F00_0001)
    let client = header("from").flatMap { IPAddress($0) } ?? server
    let connection = bench.connect(from: client, to: server)
    if let words = header("xclient") {
      _ = connection.replies()
      connection.send("XCLIENT " + words)
    }
    return (connection, lines)
  }

  private func play(
    _ lines: [String], _ connection: BenchConnection, _ chunk: (() -> Int)?
  ) -> [String] {
    var expected: [String] = []
    var seen: [String] = []
    var buffer = Bytes()
    var skipsContent = false
    var isGivenUp = false
    seen += connection.replies()
    for line in lines {
      guard line.count >= 2, line[line.index(after: line.startIndex)] == ":" else { continue }
      let text = String(line.dropFirst(line.count > 2 ? 3 : 2))
      if line == "X: silent" { isGivenUp = true }
      if isGivenUp && line.first != "S" { continue }
      switch line.first {
      case "S": expected.append(text)
      case "P": buffer += Bytes(text + "\r\n")
      case "D": if !skipsContent { buffer += Bytes(text + "\r\n") }
      case "R": if !skipsContent { buffer += ScenarioPlayer.unescaped(text) }
      case "C":
        if skipsContent {
          if text == "." { skipsContent = false; continue }
          skipsContent = false
        }
        connection.send(buffer + Bytes(text + "\r\n"), chunk: chunk)
        buffer = []
        let replies = connection.replies()
        seen += replies
        if text == "DATA", replies.last?.hasPrefix("354") != true { skipsContent = true }
      case "A":
        connection.send(buffer, chunk: chunk)
        buffer = []
        seen += connection.replies()
      case "W":
        connection.send(buffer, chunk: chunk)
        buffer = []
        seen += connection.replies()
        if (Double(text) ?? 0) * 1000 >= Double(connection.timeLimit) { connection.timeOut() }
        connection.bench.now += UInt64((Double(text) ?? 0) * 1000)
        seen += connection.replies()
      case "K":
        connection.send(buffer, chunk: chunk)
        connection.close()
        seen += connection.replies()
      default: break
      }
    }
    let shown = seen.map { ScenarioPlayer.anonymous(ScenarioPlayer.escaped(Bytes($0))) }
    expected = expected.map(ScenarioPlayer.anonymous)
    return shown == expected ? [] : ScenarioPlayer.difference("replies", expected, shown)
  }

  // MARK: Results

  private func compareLog(_ bench: SessionBench) -> [String] {
    let expected = lines("log").map(ScenarioPlayer.anonymous)
      .filter { !$0.hasPrefix("error: ") }
    let seen = bench.logged.map {
      ScenarioPlayer.anonymous($0.replacingOccurrences(of: "\\", with: "\\\\"))
    }
    return expected == seen ? [] : ScenarioPlayer.difference("log", expected, seen)
  }

  private func compareMessages(_ bench: SessionBench) -> [String] {
    let stored = bench.messages.filter(\.isQueued)
    let recorded = sections.filter { $0.title.first == "message" }
    guard stored.count == recorded.count else {
      return ["\(stored.count) messages, recorded \(recorded.count)"]
    }
    var differences: [String] = []
    // Queue ids are numbered as they appear in the dialogue first: compare in the order of storing.
    for (message, section) in zip(stored, sorted(recorded)) {
      let expected = section.lines.filter(isComparable).map(ScenarioPlayer.anonymous)
      let seen = describe(message).filter(isComparable).map(ScenarioPlayer.anonymous)
      if expected != seen { differences += ScenarioPlayer.difference("message", expected, seen) }
    }
    return differences
  }

  /// In the order in which the log names the queue ids.
  private func sorted(
    _ recorded: [(title: [String], lines: [String])]
  ) -> [(title: [String], lines: [String])] {
    let log = lines("log").joined(separator: "\n")
    func position(_ section: (title: [String], lines: [String])) -> Int {
      let text = section.lines.joined(separator: "\n")
      guard let range = text.range(of: #"id QID[0-9]+"#, options: .regularExpression) else {
        return Int.max
      }
      let mark = text[range].dropFirst(3) + ": client="
      guard let found = log.range(of: mark) else { return Int.max }
      return log.distance(from: log.startIndex, to: found.lowerBound)
    }
    return recorded.enumerated()
      .sorted { (position($0.element), $0.offset) < (position($1.element), $1.offset) }
      .map(\.element)
  }

  /// Blank lines depend on what the part behind the session adds; so do addresses in queue files.
  private func isComparable(_ line: String) -> Bool {
    !["|", "| ", ""].contains(line) && !line.hasPrefix("recipient: ")
      && !line.hasPrefix("| Message-Id: <MSGID") && !line.hasPrefix("filter: scan")
      && !line.hasPrefix("| Date:") && !line.hasPrefix("| From: Mail Delivery")
      && !line.hasPrefix("| From: MAILER-DAEMON")
  }

  private func describe(_ message: SessionBench.Message) -> [String] {
    let actions = message.actions ?? MessageActions()
    var lines = [actions.hold ? "queue: hold" : "queue: incoming"]
    let sender = message.head.sender
    lines.append(
      "sender: <\((sender.isEmpty || sender.contains(0x40) ? sender : sender + Bytes("@example.com")).text)>"
    )
    if let filter = actions.filter { lines.append("filter: \(filter.text)") }
    if let redirect = actions.redirect { lines.append("redirect: \(redirect.text)") }
    if !message.head.verp.isEmpty { lines.append("verp: \(message.head.verp.text)") }
    var attributes = message.head.attributes.filter { $0.name != "log_ident" }
    if let context = message.head.rewriteContext {
      attributes.append(("rewrite_context", Bytes(context.rawValue)))
    }
    for attribute in attributes.sorted(by: { $0.name < $1.name }) {
      lines.append("attribute: \(attribute.name)=\(attribute.value.text)")
    }
    for line in message.lines {
      let clean = line.map { $0 == 0x0D ? 0x20 : $0 }
      lines.append("| " + ScenarioPlayer.escaped(clean))
    }
    return lines
  }

  static func difference(_ what: String, _ expected: [String], _ seen: [String]) -> [String] {
    var result = ["\(what):"]
    for change in seen.difference(from: expected) {
      switch change {
      case .remove(_, let line, _): result.append("  - \(line)")
      case .insert(_, let line, _): result.append("  + \(line)")
      }
    }
    return result
  }

  static func anonymous(_ line: String) -> String {
    var text = line
    for (pattern, replacement) in [
      (#"\b(QID|ID)[0-9]+"#, "ID"), (#"\b40000\b"#, "PORT"),
      (
        #"[A-Z][a-z]{2}, [ 0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} [+-][0-9]{4} \([^)]*\)"#, "DATE"
      ),
      (#"/[^ ]*scenario-[-0-9A-F]+"#, "CONFIG"),
      (#"\b(text)?(hash|btree|lmdb|cdb):CONFIG"#, "CONFIG"),
      (#"[0-9]+ bytes < 1.5"#, "NUMBER bytes < 1.5"),
    ] {
      text = text.replacingOccurrences(
        of: pattern, with: replacement, options: .regularExpression)
    }
    return text
  }

  static func escaped(_ bytes: Bytes) -> String {
    let text = bytes.text
    if Bytes(text) == bytes,
      !bytes.contains(where: { $0 < 32 && $0 != 9 || $0 == 0x7F || $0 == 0x5C })
    {
      return text
    }
    var result = ""
    for byte in bytes {
      switch byte {
      case 0x5C: result += "\\\\"
      case 0x20...0x7E, 0x09: result += String(UnicodeScalar(byte))
      default: result += String(format: "\\x%02X", byte)
      }
    }
    return result
  }

  static func unescaped(_ text: String) -> Bytes {
    let bytes = Bytes(text)
    var plain = Bytes()
    var index = 0
    while index < bytes.count {
      guard bytes[index] == 0x5C, index + 1 < bytes.count else {
        plain.append(bytes[index])
        index += 1
        continue
      }
      let mark = bytes[index + 1]
      index += 2
      switch mark {
      case UInt8(ascii: "r"): plain.append(13)
      case UInt8(ascii: "n"): plain.append(10)
      case UInt8(ascii: "t"): plain.append(9)
      case UInt8(ascii: "0"): plain.append(0)
      case UInt8(ascii: "s"): plain.append(32)
      case UInt8(ascii: "x"):
        plain.append(UInt8(bytes[index..<index + 2].text, radix: 16) ?? 0)
        index += 2
      case UInt8(ascii: "{"):
        let end = bytes[index...].firstIndex(of: 0x7D) ?? bytes.count
        let parts = bytes[index..<end].split(separator: 0x2A, maxSplits: 1)
        for _ in 0..<(Int(parts[0].text) ?? 0) { plain += unescaped(parts[1].text) }
        index = end + 1
      default: plain.append(mark)
      }
    }
    return plain
  }
}

/// The DNS data of a scenario.
struct Zone {
  private(set) var records: [String: [(type: String, data: String)]] = [:]
  private(set) var hosts: [String: [IPAddress]] = [:]
  private(set) var pointers: [IPAddress: HostAnswer] = [:]

  mutating func add(_ line: String) {
    let words = line.split(separator: " ", maxSplits: 2).map(String.init)
    guard words.count >= 2 else { return }
    let data = words.count > 2 ? words[2] : ""
    if let address = IPAddress(words[0]) {
      switch words[1] {
      case "PTR": pointers[address] = .name(Bytes(data))
      case "SERVFAIL", "TIMEOUT":
        pointers[address] = .failed(
          temporary: true, reason: "Temporary failure in name resolution")
      default: break
      }
      return
    }
    records[words[0].lowercased(), default: []].append((words[1], data))
    if words[1] == "A" || words[1] == "AAAA", let address = IPAddress(data) {
      hosts[words[0], default: []].append(address)
    }
  }

  func answer(_ name: String, _ type: DNSType) -> DNSAnswer {
    let name = name.lowercased()
    guard let rows = records[name] else {
      let exists = records.keys.contains { $0.hasSuffix("." + name) }
      return exists ? .noData : .noName
    }
    if rows.contains(where: { $0.type == "SERVFAIL" || $0.type == "TIMEOUT" }) { return .temporary }
    if rows.contains(where: { $0.type == "NXDOMAIN" }) { return .noName }
    let wanted = "\(type)".uppercased()
    let found = rows.filter { $0.type == wanted }.compactMap { record(type, $0.data) }
    return found.isEmpty ? .noData : .records(found)
  }

  private func record(_ type: DNSType, _ data: String) -> DNSRecord? {
    switch type {
    case .a, .aaaa: return IPAddress(data).map { .address($0, ttl: 60) }
    case .mx:
      let words = data.split(separator: " ")
      guard let preference = words.first.flatMap({ UInt16($0) }) else { return nil }
      let host = words.count > 1 && words[1] != "." ? Bytes(String(words[1])) : []
      return .mx(preference: preference, host: host, ttl: 60)
    case .txt: return .text(Bytes(data.trimmingCharacters(in: ["\""])), ttl: 60)
    case .ns, .cname, .ptr, .soa: return .host(Bytes(data), ttl: 60)
    }
  }
}
