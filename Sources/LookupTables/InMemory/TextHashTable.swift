import RestrictionDSL

/// `texthash:` – a table source in postmap(1) format, read into memory.
///
/// - Source: DATABASE_README "texthash"; facts postmap §2
final class TextHashTable: ListableTable {
  let kind = TableKind.fixed
  private var entries = EntryMap()

  init(path: String, opening: TableOpening) throws(OpenFailure) {
    let reader: FileReader
    do { reader = try FileReader(path: path) } catch {
      throw OpenFailure("open database \(path): \(error.text)")
    }
    let utf8 = opening.options.smtputf8
    var lines = LogicalLines(name: path, reader: reader, utf8: opening.options.printsUTF8)
    var line: Bytes = []
    do {
      while try lines.next(into: &line) {
        lines.takeWarnings().forEach(opening.warn)
        let place = "\(path), line \(lines.number): "
        switch SourceRecord.parse(line, checksUTF8: utf8) {
        case .entry(let key, let value, let looksLikeAlias):
          add(key, value, looksLikeAlias, place, opening)
        case .notUTF8:
          let shown = PrintableText.of(line, utf8: opening.options.printsUTF8)
          opening.warn("warning: \(place)non-UTF-8 input \"\(shown)\" -- ignoring this line")
        case .unbalancedQuote:
          opening.warn("warning: \(place)unbalanced '\"' in '\(line.text)' -- ignoring this line")
        case .incomplete:
          opening.warn(
            "warning: \(place)expected format: key whitespace value -- ignoring this line")
        }
      }
    } catch {
      throw OpenFailure("read \(path): \(error.text)", isFatal: true)
    }
    lines.takeWarnings().forEach(opening.warn)
  }

  private func add(
    _ key: Bytes, _ value: Bytes, _ looksLikeAlias: Bool, _ place: String, _ opening: TableOpening
  ) {
    if looksLikeAlias {
      opening.warn(
        "warning: \(place)record is in \"key: value\" format; is this an alias file?")
    }
    let options = opening.options
    let folded = options.foldsKeys ? CaseFolding.fold(key, unicode: options.smtputf8) : key
    if !entries.insert(folded, value) {
      opening.warn("warning: \(place)duplicate entry: \"\(key.text)\"")
    }
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? { entries.value(for: key) }

  func forEachEntry(_ visit: (Bytes, Bytes) -> Void) throws(LookupError) {
    entries.forEach(visit)
  }
}
