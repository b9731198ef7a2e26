import RestrictionDSL

/// An indexed table that a configuration names, and where its type is written.
struct NamedTable: Hashable {
  let spec: TableSpec
  /// The parameter in whose value the table is written.
  let parameter: String
  /// Of the word in front of the colon, perhaps in the value of another parameter; `nil` in a default.
  let typePlace: SourceRange?
}

/// Finds tables in expanded values: alone, behind `proxy:`, in `unionmap:{}` and `pipemap:{}`, in braces.
struct NamedTables {
  private let types: Set<String>
  private(set) var found: [NamedTable] = []

  init(types: Set<String>) { self.types = types }

  mutating func scan(_ text: TracedText, of parameter: String) {
    scan(text, 0..<text.bytes.count, parameter)
  }

  private mutating func scan(_ text: TracedText, _ range: Range<Int>, _ parameter: String) {
    for token in BraceText.tokens(text.bytes[range]) {
      scanToken(text, token.startIndex..<token.endIndex, parameter)
    }
  }

  private mutating func scanToken(_ text: TracedText, _ range: Range<Int>, _ parameter: String) {
    let token = text.bytes[range].drop { $0 == 0x21 }
    if token.first == 0x7B {
      if let inner = try? BraceText.unbraced(token) {
        scan(text, inner.startIndex..<inner.endIndex, parameter)
      }
      return
    }
    guard let colon = token.firstIndex(of: 0x3A) else { return }
    let type = token[..<colon].text
    let rest = (colon + 1)..<token.endIndex
    switch type {
    case "proxy", "proxywrite": scanToken(text, rest, parameter)
    case "unionmap", "pipemap":
      if let inner = try? BraceText.unbraced(text.bytes[rest]) {
        scan(text, inner.startIndex..<inner.endIndex, parameter)
      }
    default:
      guard types.contains(type), !rest.isEmpty else { return }
      found.append(
        NamedTable(
          spec: TableSpec(type: type, name: text.bytes[rest].text),
          parameter: text.references(at: token.startIndex).last?.name ?? parameter,
          typePlace: text.range(of: token.startIndex..<colon)))
    }
  }
}
