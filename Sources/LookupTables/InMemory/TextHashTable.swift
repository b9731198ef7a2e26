import RestrictionDSL

/// `texthash:` – a table source in postmap(1) format, read into memory.
///
/// - Source: DATABASE_README "texthash"; facts postmap §2
final class TextHashTable: ListableTable {
  let kind = TableKind.fixed
  let encodesFiles = false
  private var entries = EntryMap()

  init(path: String, opening: TableOpening) throws(OpenFailure) {
    let reader: FileReader
    do { reader = try FileReader(path: path) } catch {
      throw OpenFailure("open database \(path): \(error.text)")
    }
    var source = TableSource(
      name: path, reader: reader, options: opening.options,
      incompleteAction: " -- ignoring this line")
    do {
      while let entry = try source.next(warn: { opening.warn("warning: \($0)") }) {
        add(entry, path, opening)
      }
    } catch {
      throw OpenFailure("read \(path): \(error.text)", isFatal: true)
    }
  }

  private func add(_ entry: TableSource.Entry, _ path: String, _ opening: TableOpening) {
    let place = "\(path), line \(entry.line): "
    let content: Bytes
    do { content = try opening.value(entry.value) } catch {
      opening.warn("warning: \(place)\(error.reason): skipping this entry")
      return
    }
    let options = opening.options
    let key =
      options.foldsKeys ? CaseFolding.fold(entry.key, unicode: options.smtputf8) : entry.key
    if !entries.insert(key, content) {
      opening.warn("warning: \(place)duplicate entry: \"\(entry.key.text)\"")
    }
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? { entries.value(for: key) }

  func forEachEntry(_ visit: (Bytes, Bytes) -> Void) throws(LookupError) {
    entries.forEach(visit)
  }
}
