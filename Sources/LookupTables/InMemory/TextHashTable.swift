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
    var key: Bytes = []
    while try TextHashTable.advance(&source, path, opening) {
      source.copyKey(to: &key)
      try add(key, source, opening)
    }
  }

  private static func advance(
    _ source: inout TableSource, _ path: String, _ opening: TableOpening
  ) throws(OpenFailure) -> Bool {
    do { return try source.next(warn: { opening.warn("warning: \($0)") }) } catch {
      throw OpenFailure("read \(path): \(error.text)", isFatal: true)
    }
  }

  private func add(
    _ key: Bytes, _ source: TableSource, _ opening: TableOpening
  ) throws(OpenFailure) {
    let content: Bytes
    do { content = try opening.value(Bytes(source.value)) } catch {
      opening.warn("warning: \(source.place)\(error.reason): skipping this entry")
      return
    }
    let duplicates = opening.options.duplicates
    if !entries.insert(key, content, replacing: duplicates == .replace), duplicates == .warn {
      let shown = PrintableText.of(source.key, utf8: true)
      let finding = "\(source.place)duplicate entry: \"\(shown)\""
      if opening.options.refusesDuplicates { throw OpenFailure(finding) }
      opening.warn("warning: \(finding)")
    }
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? { entries.value(for: key) }

  func visitEntries(_ visit: EntryVisitor) throws(LookupError) {
    entries.forEach(visit)
  }
}
