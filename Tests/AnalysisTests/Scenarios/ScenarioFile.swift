import Foundation
import TestSupport

/// A recorded scenario, as its file has it.
///
/// Format: Tests/ConformanceTests/FORMAT.md
struct ScenarioFile {
  struct Section {
    let words: [String]
    var lines: [String] = []
  }

  /// One line of a connection: what the client does, or what was seen.
  struct Item: Hashable {
    let letter: Character
    let text: String
  }

  struct Connection {
    var headers: [(name: String, value: String)] = []
    var items: [Item] = []

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    func headers(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }
  }

  let name: String
  private(set) var headers: [String: String] = [:]
  private(set) var sections: [Section] = []
  private(set) var connections: [Connection] = []

  static let folder = Fixtures.tests.appending(path: "ConformanceTests")

  /// All of them, in the order of their names.
  static func all() throws -> [ScenarioFile] {
    let path = folder.appending(path: "scenarios").path
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
      .filter { $0.hasSuffix(".scn") }.map { String($0.dropLast(4)) }.sorted()
    guard !names.isEmpty else { throw Fixtures.EmptyFixtures(folder: path) }
    return try names.map { try ScenarioFile($0) }
  }

  init(_ name: String) throws {
    self.name = name
    let url = ScenarioFile.folder.appending(path: "scenarios/\(name).scn")
    var isHead = true
    for line in try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n") {
      if line.hasPrefix("== ") {
        isHead = false
        let words = line.dropFirst(3).split(separator: " ").map(String.init)
        if words.first == "connection" { connections.append(Connection()) }
        sections.append(Section(words: words))
      } else if isHead {
        let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
        if parts.count == 2 { headers[parts[0]] = parts[1].trimmingCharacters(in: .whitespaces) }
      } else if sections.last?.words.first == "connection" {
        add(line)
      } else {
        let text = line.hasPrefix("\\==") ? String(line.dropFirst()) : line
        sections[sections.count - 1].lines.append(text)
      }
    }
    for index in sections.indices {
      while sections[index].lines.last?.isEmpty == true { sections[index].lines.removeLast() }
    }
  }

  private mutating func add(_ line: String) {
    guard let first = line.first else { return }
    let last = connections.count - 1
    if first.isUppercase, line.dropFirst().hasPrefix(":") {
      connections[last].items.append(Item(letter: first, text: String(line.dropFirst(3))))
    } else if let colon = line.firstIndex(of: ":") {
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      connections[last].headers.append((String(line[..<colon]), value))
    }
  }

  /// Lines of all sections that begin with a word.
  func lines(_ word: String) -> [String] {
    sections.filter { $0.words.first == word }.flatMap(\.lines)
  }

  func sections(_ word: String) -> [Section] { sections.filter { $0.words.first == word } }

  func has(_ letter: Character) -> Bool {
    connections.contains { $0.items.contains { $0.letter == letter } }
  }

  // MARK: Texts

  /// Bytes of an escaped text: `\r \n \t \0 \s \\ \xHH` and `\{COUNT*TEXT}`.
  static func unescape(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    let source = Array(text.utf8)
    var index = 0
    while index < source.count {
      guard source[index] == UInt8(ascii: "\\"), index + 1 < source.count else {
        bytes.append(source[index])
        index += 1
        continue
      }
      index += 2
      switch source[index - 1] {
      case UInt8(ascii: "r"): bytes.append(13)
      case UInt8(ascii: "n"): bytes.append(10)
      case UInt8(ascii: "t"): bytes.append(9)
      case UInt8(ascii: "0"): bytes.append(0)
      case UInt8(ascii: "s"): bytes.append(32)
      case UInt8(ascii: "x"):
        let digits = String(decoding: source[index..<min(index + 2, source.count)], as: UTF8.self)
        bytes.append(UInt8(digits, radix: 16) ?? 0)
        index += 2
      case UInt8(ascii: "{"):
        guard let end = source[index...].firstIndex(of: UInt8(ascii: "}")) else { return bytes }
        let parts = String(decoding: source[index..<end], as: UTF8.self)
          .split(separator: "*", maxSplits: 1).map(String.init)
        let piece = parts.count > 1 ? unescape(parts[1]) : []
        for _ in 0..<(Int(parts[0]) ?? 0) { bytes += piece }
        index = end + 1
      case let other: bytes.append(other)
      }
    }
    return bytes
  }

  /// Control characters and backslashes made visible, as recorded lines have them.
  static func escape(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x5C: shown += "\\\\"
      case 9: shown += "\t"
      case 0..<32, 127..<160:
        for byte in String(scalar).utf8 { shown += String(format: "\\x%02X", byte) }
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}
