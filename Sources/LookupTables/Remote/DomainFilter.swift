import RestrictionDSL

/// The parameter `domain` of a table: only full addresses of these domains are looked up.
///
/// - Source: sqlite_table(5) domain
final class DomainFilter {
  private enum Element {
    case literal(Bytes)
    case table(OpenTable)
    /// A list file that cannot be read.
    case unavailable(String)
  }

  private let name: String
  private var elements: [(isPositive: Bool, element: Element)] = []
  private let foldsUnicode: Bool

  /// List files may name list files; deeper than this is a loop.
  private static let depthLimit = 100

  init(_ text: String, name: String, _ opening: TableOpening) {
    self.name = name
    foldsUnicode = opening.options.smtputf8
    read(text, isPositive: true, depth: 0, opening)
  }

  private func read(_ text: String, isPositive: Bool, depth: Int, _ opening: TableOpening) {
    for word in Settings.split(text) {
      let pattern = String(word.drop { $0 == "!" })
      let isPositive = isPositive == (word.count - pattern.count).isMultiple(of: 2)
      if pattern.hasPrefix("/") {
        readFile(pattern, isPositive: isPositive, depth: depth, opening)
      } else if !pattern.hasPrefix("["), let spec = TableSpec(pattern) {
        elements.append((isPositive, .table(opening.openMember(spec))))
      } else {
        let folded = CaseFolding.fold(Bytes(pattern), unicode: foldsUnicode)
        elements.append((isPositive, .literal(folded)))
      }
    }
  }

  private func readFile(_ path: String, isPositive: Bool, depth: Int, _ opening: TableOpening) {
    do throws(SystemErrno) {
      guard depth < DomainFilter.depthLimit else { throw SystemErrno(40) }
      for line in try FileReader(path: path).readAll().split(separator: 0x0A)
      where line.first != UInt8(ascii: "#") {
        read(line.text, isPositive: isPositive, depth: depth + 1, opening)
      }
    } catch {
      let reason = "open file \(path): \(error.text)"
      opening.warn("error: \(reason)")
      elements.append((isPositive, .unavailable("non-existent:\(path)")))
    }
  }

  /// Whether a key may be looked up.
  ///
  /// - Throws: where a table of the list cannot be asked
  func allows(_ key: AddressParts) throws(LookupError) -> Bool {
    guard key.isAddress, !key.user.isEmpty else { return false }
    let domain = key.domain ?? []
    for (isPositive, element) in elements {
      let matches: Bool
      switch element {
      case .literal(let text):
        matches = CaseFolding.equal(domain.span, text.span, unicode: foldsUnicode)
      case .unavailable(let shown): throw problem(shown, LookupError(.temporary, []))
      case .table(let table):
        do { matches = try table.contains(domain.span) } catch {
          throw problem(table.ownName, error)
        }
      }
      if matches { return isPositive }
    }
    return false
  }

  private func problem(_ table: String, _ cause: LookupError) -> LookupError {
    LookupError(
      cause.kind, cause.messages + ["warning: \(name): \(table): table lookup problem"],
      reason: "Application error")
  }
}
