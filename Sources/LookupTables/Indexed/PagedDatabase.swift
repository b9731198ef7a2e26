import CSystem
import Glibc
import RestrictionDSL

/// `hash:` and `btree:` – files of Berkeley DB 5.3, read without its library.
///
/// What a build without the library has for these types, and what a migration reads in any build.
///
/// - Source: facts postmap §7 and §8, restrictions §9
final class PagedDatabase: ListableTable {
  let isIndexed = true
  let kind = TableKind.fixed
  private let format: BerkeleyDBFormat
  private let file: IndexedFile
  private var forms: KeyForms
  /// `nil` where keys have several values: every lookup goes through all entries then.
  private let pages: PagedTable?
  /// The key being asked for, with NUL or without: kept, so that a lookup allocates nothing for it.
  private var key: Bytes = []

  init(name: String, format: BerkeleyDBFormat, opening: TableOpening) throws(OpenFailure) {
    let path = name + ".db"
    func failure(_ code: CInt) -> OpenFailure {
      OpenFailure("open database \(path): \(SystemErrno(code).text)")
    }
    let fd = smtpd_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard fd >= 0 else { throw failure(errno) }
    // A writer holds the file exclusively until it is whole.
    guard setFlock(fd, LOCK_SH) == 0, setFlock(fd, LOCK_UN) == 0 else {
      let code = errno
      close(fd)
      throw OpenFailure("shared-lock database \(path): \(SystemErrno(code).text)", isFatal: true)
    }
    do throws(PageError) {
      let found = try PagedEntries(fd: fd).format()
      guard found == format else { throw .damaged }
      do throws(PageError) { pages = try PagedTable(fd: fd) } catch {
        guard error == .unsupported else { throw error }
        pages = nil
      }
    } catch {
      close(fd)
      throw failure(error.code)
    }
    self.format = format
    file = IndexedFile(path: path, source: name, fd: fd, opening: opening)
    forms = KeyForms(opening.options.keyForm)
  }

  deinit { close(file.fd) }

  var ownName: String? { "\(format.name):\(file.path)" }
  var hasChanged: Bool { file.hasChanged() }

  func value(for text: Span<UInt8>) throws(LookupError) -> Bytes? {
    key.removeAll(keepingCapacity: true)
    for index in text.indices { key.append(text[index]) }
    let length = text.count
    return try forms.value { withNUL throws(LookupError) in
      if withNUL { key.append(0) } else { key.removeLast(key.count - length) }
      return try find(key)
    }
  }

  func visitEntries(_ visit: EntryVisitor) throws(LookupError) {
    do throws(PageError) {
      var entries = try PagedEntries(fd: file.fd, withoutNUL: true)
      try entries.forEach(visit)
    } catch {
      throw failure(error)
    }
  }

  func inspect() throws(LookupError) {
    do throws(PageError) { try PagedEntries.check(fd: file.fd) } catch {
      throw failure(error)
    }
  }

  private func find(_ key: Bytes) throws(LookupError) -> Bytes? {
    do throws(PageError) {
      if let pages { return try pages.value(for: key.span).map(\.withoutNUL) }
      var found: Bytes?
      var entries = try PagedEntries(fd: file.fd)
      try entries.forEach { other, value in
        if found == nil, other.isEqual(to: key.span) { found = Bytes(copying: value) }
      }
      return found.map(\.withoutNUL)
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ error: PageError) -> LookupError {
    LookupError(
      .temporary, ["error: error reading \(file.path): \(error.text)"], reason: error.text)
  }
}

extension PageError {
  /// The error number that comes nearest.
  var code: Int32 {
    switch self {
    case .damaged, .unsupported: EINVAL
    case .changed: EAGAIN
    case .unreadable(let errno): errno
    }
  }

  /// For people.
  var text: String {
    switch self {
    case .damaged: "the file is damaged"
    case .unsupported: "the file needs the Berkeley DB library"
    case .changed: "the file was written to meanwhile"
    case .unreadable(let errno): SystemErrno(errno).text
    }
  }
}

extension [UInt8] {
  /// Without one NUL at the end.
  var withoutNUL: [UInt8] { last == 0 ? Array(dropLast()) : self }
}

extension Span<UInt8> {
  /// Where the bytes are without one NUL at the end.
  @inline(__always)
  var partWithoutNUL: Range<Int> { 0..<(count > 0 && self[count - 1] == 0 ? count - 1 : count) }
}
