import RestrictionDSL

/// `inline:{key=value, { key = text with blanks }}`, and `internal:`, which is empty.
///
/// - Source: DATABASE_README "inline"; facts restrictions §9
final class InlineTable: ListableTable {
  let kind = TableKind.fixed
  let encodesFiles = false
  private let entries: EntryMap

  /// An empty table.
  init() { entries = EntryMap() }

  init(name: String, opening: TableOpening) throws(OpenFailure) {
    let name = Bytes(name)
    func failure(_ what: String) -> OpenFailure {
      let form = opening.options.valuesAreFiles ? "filename" : "value"
      return OpenFailure("\(what): \"inline:\(name.text)\"; need \"inline:{name=\(form)...}\"")
    }
    guard let body = BraceText.body(ofName: name) else { throw failure("bad syntax") }
    let options = opening.options
    var entries = EntryMap()
    for token in BraceText.tokens(body) {
      do throws(EntryError) {
        let (key, value) = try InlineTable.split(token)
        let folded =
          options.foldsKeys ? CaseFolding.fold(Bytes(key), unicode: options.smtputf8) : Bytes(key)
        let content: Bytes
        do { content = try opening.value(Bytes(value)) } catch {
          throw EntryError(message: error.reason)
        }
        _ = entries.insert(folded, content, replacing: true)
      } catch {
        throw failure(error.message)
      }
    }
    guard entries.count > 0 else { throw failure("empty table") }
    self.entries = entries
  }

  private struct EntryError: Error {
    let message: String
  }

  /// `key=value` or `{ key = value }`.
  private static func split(
    _ token: ArraySlice<UInt8>
  ) throws(EntryError) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
    var text = token
    if token.first == 0x7B {
      do { text = try BraceText.unbraced(token) } catch { throw EntryError(message: error.message) }
      if text.isEmpty { throw EntryError(message: "no key found; expected format: key = value") }
    }
    // The key ends as in a table source: quotes and backslashes protect.
    var index = text.startIndex
    var quoted = false
    while index < text.endIndex {
      let byte = text[index]
      if byte == 0x5C && index + 1 < text.endIndex {
        index += 2
        continue
      }
      if byte == 0x22 { quoted.toggle() }
      if !quoted && (byte == 0x3D || byte.isASCIISpace) { break }
      index += 1
    }
    if quoted { throw EntryError(message: "unbalanced '\"'") }
    let key = text[..<min(index, text.endIndex)]
    var rest = text[min(index, text.endIndex)...].drop(while: \.isASCIISpace)
    guard rest.first == 0x3D else {
      throw EntryError(message: "missing '=' after attribute name")
    }
    rest = rest.dropFirst()
    return (key, rest.trimmedASCIISpace)
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? { entries.value(for: key) }

  func visitEntries(_ visit: EntryVisitor) throws(LookupError) {
    entries.forEach(visit)
  }
}
