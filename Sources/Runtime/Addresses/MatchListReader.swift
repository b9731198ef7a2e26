import LookupTables
import RestrictionDSL

/// Turns the text of a match list into elements.
struct MatchListReader {
  let parameter: String
  let foldsUnicode: Bool
  private(set) var elements: [MatchElement] = []
  private(set) var messages: [String] = []

  init(parameter: String, foldsUnicode: Bool) {
    self.parameter = parameter
    self.foldsUnicode = foldsUnicode
  }

  /// Lists name files that name files: deeper than this is a loop.
  private static let depthLimit = 100

  mutating func read(
    _ text: String, isPositive: Bool, depth: Int, tables: (TableSpec) -> OpenTable
  ) {
    let words = Settings.split(text)
    for word in words {
      if word.hasPrefix("#") {
        messages.append(
          "warning: \(parameter): comment at end of line is not supported: "
            + Self.comment(in: Bytes(text)).text)
        return
      }
      let pattern = word.drop { $0 == "!" }
      let negations = word.count - pattern.count
      guard !pattern.isEmpty else {
        messages.append("fatal: \(parameter): no pattern after '!'")
        return
      }
      add(
        String(pattern), isPositive: isPositive == negations.isMultiple(of: 2), depth: depth,
        tables: tables)
    }
  }

  /// The first word that begins with `#`, a blank, and what stands behind the separator after it.
  private static func comment(in text: Bytes) -> Bytes {
    func isSeparator(_ byte: UInt8) -> Bool { byte.isASCIISpace || byte == UInt8(ascii: ",") }
    let start = text.indices.first { index in
      text[index] == UInt8(ascii: "#") && (index == 0 || isSeparator(text[index - 1]))
    }
    guard let start else { return [] }
    let end = text[start...].firstIndex(where: isSeparator) ?? text.count
    return Bytes(text[start..<end]) + Bytes(" ") + text[end...].dropFirst()
  }

  private mutating func add(
    _ pattern: String, isPositive: Bool, depth: Int, tables: (TableSpec) -> OpenTable
  ) {
    if pattern.hasPrefix("/") {
      readFile(pattern, isPositive: isPositive, depth: depth, tables: tables)
    } else if !pattern.hasPrefix("["), let spec = TableSpec(pattern) {
      elements.append(MatchElement(isPositive: isPositive, pattern: .table(tables(spec))))
    } else {
      let text = CaseFolding.fold(Bytes(pattern), unicode: foldsUnicode)
      elements.append(
        MatchElement(isPositive: isPositive, pattern: .literal(MatchElement.Literal(text))))
    }
  }

  private mutating func readFile(
    _ path: String, isPositive: Bool, depth: Int, tables: (TableSpec) -> OpenTable
  ) {
    guard depth < Self.depthLimit else {
      messages.append("fatal: \(parameter): \(path): list files are nested too deeply")
      return
    }
    switch ListFile.read(path) {
    case .success(let bytes):
      for line in bytes.split(separator: 0x0A) where line.first != UInt8(ascii: "#") {
        read(line.text, isPositive: isPositive, depth: depth + 1, tables: tables)
      }
    case .failure(let error):
      let reason = "open file \(path): \(error.text)"
      messages.append("error: \(reason)")
      elements.append(
        MatchElement(
          isPositive: isPositive,
          pattern: .unavailable(name: "non-existent:\(path)", reason: reason)))
    }
  }
}
