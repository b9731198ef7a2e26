import CCDB
import CSystem
import Glibc
import RestrictionDSL

/// `cdb:` – a constant database, replaced as a whole by its writer; read without locks.
///
/// - Source: facts postmap §7 and §8, cdb(5)
final class CDBTable: EntryTable {
  let isIndexed = true
  let kind = TableKind.fixed
  private var file: IndexedFile
  private let size: Int
  // Allocated: the library keeps pointers into its state between calls.
  private let state: UnsafeMutablePointer<cdb>
  private var forms: KeyForms
  private var key = KeyMemory()

  init(name: String, opening: TableOpening) throws(OpenFailure) {
    let path = name + ".cdb"
    let fd = smtpd_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard fd >= 0 else {
      throw OpenFailure("open database \(path): \(SystemErrno(errno).text)")
    }
    let state = UnsafeMutablePointer<cdb>.allocate(capacity: 1)
    state.initialize(to: cdb())
    guard cdb_init(state, fd) == 0 else {
      let reason = SystemErrno(errno).text
      state.deallocate()
      close(fd)
      throw OpenFailure("dict_cdbq_open: unable to init \(path): \(reason)", isFatal: true)
    }
    self.state = state
    var status = stat()
    size = fstat(fd, &status) == 0 ? Int(status.st_size) : 0
    file = IndexedFile(path: path, source: name, fd: fd, opening: opening)
    forms = KeyForms(opening.options.keyForm)
  }

  deinit {
    let fd = state.pointee.cdb_fd
    cdb_free(state)
    close(fd)
    state.deallocate()
  }

  var ownName: String? { "cdb:\(file.path)" }
  var hasChanged: Bool { file.hasChanged() }

  func value(for text: Span<UInt8>) throws(LookupError) -> Bytes? {
    // A page that lies behind the end of a truncated file would be a bus error.
    if file.isDue() {
      var status = stat()
      guard fstat(file.fd, &status) == 0, Int(status.st_size) >= size else {
        throw failure(EPROTO)
      }
    }
    key.fill(text)
    let length = text.count
    return try forms.value { withNUL throws(LookupError) in
      try find(keyLength: withNUL ? length + 1 : length)
    }
  }

  func visitEntries(_ visit: EntryVisitor) throws(LookupError) {
    // Records begin behind the pointer tables, cdb(5).
    var position: UInt32 = 2048
    while true {
      let found = cdb_seqnext(&position, state)
      guard found >= 0 else { throw failure(errno) }
      guard found > 0 else { return }
      let key = try bytes(state.pointee.cdb_klen, state.pointee.cdb_kpos)
      let value = try bytes(state.pointee.cdb_vlen, state.pointee.cdb_vpos)
      visit(key.span, value.span)
    }
  }

  func inspect() throws(LookupError) {
    var status = stat()
    guard fstat(file.fd, &status) == 0, Int(status.st_size) >= size else { throw failure(EPROTO) }
    var check = CDBCheck(fd: file.fd, size: size)
    guard check.isSound() else { throw failure(EPROTO) }
  }

  private func find(keyLength: Int) throws(LookupError) -> Bytes? {
    let found = cdb_find(state, key.prefix(keyLength).baseAddress, UInt32(clamping: keyLength))
    guard found >= 0 else { throw failure(errno) }
    guard found > 0 else { return nil }
    return try bytes(state.pointee.cdb_vlen, state.pointee.cdb_vpos)
  }

  /// A key or value, without trailing NUL.
  private func bytes(_ length: UInt32, _ position: UInt32) throws(LookupError) -> Bytes {
    guard let start = cdb_get(state, length, position) else { throw failure(EPROTO) }
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(length))
    return Bytes(bytes.last == 0 ? bytes.dropLast() : bytes[...])
  }

  private func failure(_ code: CInt) -> LookupError {
    let reason = SystemErrno(code).text
    return LookupError(
      .temporary, ["error: error reading \(file.path): \(reason)"], reason: reason)
  }
}
