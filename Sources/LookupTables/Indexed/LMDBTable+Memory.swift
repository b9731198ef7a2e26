import CLMDB
import CSystem
import Glibc
import RestrictionDSL

/// `lmdb:` – an LMDB file without lock file, guarded by a read lock on the file itself.
///
/// A lookup renews one read transaction, so it sees the newest commit; the value is copied out of
/// the map before the lock is given back, after which a writer may reuse the page. Where the locks of
/// an event loop are held to the end of its turn, the lookups of a turn see the same commit.
///
/// - Source: facts postmap §7 and §8, restrictions §9
final class LMDBTable: ListableTable, LockHolder {
  let isIndexed = true
  let kind = TableKind.fixed
  private let name: String
  private var file: IndexedFile
  private let environment: OpaquePointer
  private let transaction: OpaquePointer
  private let database: MDB_dbi
  private let pageSize: Int
  private var forms: KeyForms
  private var key = KeyMemory()
  private let locks: HeldLocks?
  /// The file is locked and the transaction open, also between lookups.
  private var isHeld = false

  init(name: String, opening: TableOpening) throws(OpenFailure) {
    let path = name + ".lmdb"
    func failure(_ code: CInt) -> OpenFailure {
      OpenFailure("open database \(path): \(String(cString: mdb_strerror(code)))")
    }
    // The library would say ENOENT and EISDIR in its own time; open(2) says it as Postfix does.
    let lock = smtpd_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard lock >= 0 else { throw failure(errno) }
    defer { close(lock) }
    _ = setFileLock(lock, F_RDLCK)
    var status = stat()
    guard fstat(lock, &status) == 0,
      LMDBPages.hasPlausibleMeta(lock, size: Int(status.st_size))
    else { throw failure(MDB_CORRUPTED) }
    var handle: OpaquePointer?
    var code = mdb_env_create(&handle)
    guard code == 0, let environment = handle else { throw failure(code) }
    mdb_env_set_mapsize(environment, opening.options.lmdbMapSize)
    let flags = UInt32(MDB_NOSUBDIR | MDB_NOLOCK | MDB_RDONLY)
    code = mdb_env_open(environment, path, flags, 0o644)
    var transaction: OpaquePointer?
    if code == 0 { code = LMDBTable.begin(environment, &transaction) }
    guard code == 0, let transaction else {
      mdb_env_close(environment)
      throw failure(code)
    }
    var database: MDB_dbi = 0
    var fd: CInt = -1
    code = mdb_env_get_fd(environment, &fd)
    // The first look at a page that is not in the file would be a bus error.
    if code == 0,
      fstat(fd, &status) != 0 || !LMDBTable.isWhole(environment, Int(status.st_size))
        || opening.options.looksBeforeEachLookup && !LMDBTable.isSound(environment, fd)
    {
      code = MDB_CORRUPTED
    }
    if code == 0 { code = mdb_dbi_open(transaction, nil, 0, &database) }
    guard code == 0 else {
      mdb_txn_abort(transaction)
      mdb_env_close(environment)
      throw failure(code)
    }
    var forms = KeyForms(opening.options.keyForm)
    LMDBTable.settle(&forms, transaction, database)
    mdb_txn_reset(transaction)
    _ = smtpd_fcntl_int(fd, F_SETFD, FD_CLOEXEC)
    self.forms = forms
    self.name = name
    self.environment = environment
    self.transaction = transaction
    self.database = database
    pageSize = LMDBTable.pageSize(environment)
    file = IndexedFile(path: path, source: name, fd: fd, opening: opening)
    locks = opening.locks
  }

  deinit {
    mdb_txn_abort(transaction)
    mdb_env_close(environment)
  }

  private static func settle(
    _ forms: inout KeyForms, _ transaction: OpaquePointer, _ database: MDB_dbi
  ) {
    var handle: OpaquePointer?
    guard mdb_cursor_open(transaction, database, &handle) == 0, let cursor = handle else { return }
    defer { mdb_cursor_close(cursor) }
    forms.settle {
      var key = MDB_val()
      var value = MDB_val()
      guard mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0 else { return nil }
      return UnsafeRawBufferPointer(start: key.mv_data, count: key.mv_size).last == 0
    }
  }

  // A commit of a writer is seen by the next lookup; only a replaced file has to be opened again.
  var hasChanged: Bool { file.hasChanged(ignoringTime: true) }

  func value(for text: Span<UInt8>) throws(LookupError) -> Bytes? {
    try beginLookup()
    defer { endLookup() }
    key.fill(text)
    let length = text.count
    // The library refuses an empty key, and one of more than 511 bytes: in either form, as Postfix would learn.
    return try forms.value(asksBoth: length == 0 || length >= 511) { withNUL throws(LookupError) in
      try get(key.prefix(withNUL ? length + 1 : length))
    }
  }

  func visitEntries(_ visit: EntryVisitor) throws(LookupError) {
    try inspect()
    try beginLookup()
    defer { endLookup() }
    var handle: OpaquePointer?
    var code = mdb_cursor_open(transaction, database, &handle)
    guard code == 0, let cursor = handle else { throw failure("reading", code) }
    defer { mdb_cursor_close(cursor) }
    while true {
      var key = MDB_val()
      var value = MDB_val()
      code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
      if code == MDB_NOTFOUND { return }
      guard code == 0 else { throw failure("reading", code) }
      // Sound because the map stays as it is while the lock is held, and the visitor cannot keep a span.
      let (keyBytes, valueBytes) = (LMDBTable.memory(of: key), LMDBTable.memory(of: value))
      let keySpan = Span(_unsafeElements: keyBytes)
      let valueSpan = Span(_unsafeElements: valueBytes)
      visit(
        keySpan.extracting(keySpan.partWithoutNUL), valueSpan.extracting(valueSpan.partWithoutNUL))
    }
  }

  func inspect() throws(LookupError) {
    try beginLookup()
    defer { endLookup() }
    guard LMDBTable.isSound(environment, file.fd) else { throw failure("reading", MDB_CORRUPTED) }
  }

  /// Has the file locked and the transaction open, on a file that is whole.
  private func beginLookup() throws(LookupError) {
    guard isHeld || setFileLock(file.fd, F_RDLCK) == 0 else { throw failure("locking", errno) }
    do throws(LookupError) {
      let isDue = file.isDue()
      var status = stat()
      // Both meta pages are read before anything is known: see isWhole.
      if isDue, fstat(file.fd, &status) != 0 || Int(status.st_size) < 2 * pageSize {
        throw failure("reading", MDB_CORRUPTED)
      }
      if !isHeld { try renew() }
      if isDue, !LMDBTable.isWhole(environment, Int(status.st_size)) {
        throw failure("reading", MDB_CORRUPTED)
      }
    } catch {
      unlock()
      throw error
    }
    guard !isHeld, let locks else { return }
    isHeld = true
    locks.note(self)
  }

  private func renew() throws(LookupError) {
    var code = mdb_txn_renew(transaction)
    if code == MDB_MAP_RESIZED {
      // A writer made the map larger: take the size from the file.
      code = mdb_env_set_mapsize(environment, 0)
      if code == 0 { code = mdb_txn_renew(transaction) }
    }
    guard code == 0 else { throw failure("reading", code) }
  }

  private func endLookup() {
    if !isHeld { unlock() }
  }

  func giveBack() {
    if isHeld { unlock() }
  }

  private func unlock() {
    isHeld = false
    mdb_txn_reset(transaction)
    _ = setFileLock(file.fd, F_UNLCK)
  }

  /// Whether the file holds all its pages: one that lies behind the end of a truncated file would be a bus
  /// error.
  private static func isWhole(_ environment: OpaquePointer, _ size: Int) -> Bool {
    var info = MDB_envinfo()
    guard mdb_env_info(environment, &info) == 0 else { return false }
    // What a damaged meta page says may be any number.
    let pages = UInt64(truncatingIfNeeded: info.me_last_pgno)
    return pages < UInt64(size) / UInt64(pageSize(environment))
  }

  private static func isSound(_ environment: OpaquePointer, _ fd: CInt) -> Bool {
    var info = MDB_envinfo()
    guard mdb_env_info(environment, &info) == 0 else { return false }
    var pages = LMDBPages(
      fd: fd, pageSize: pageSize(environment), pageCount: UInt64(info.me_last_pgno) + 1)
    return pages.isSound(transaction: UInt64(info.me_last_txnid))
  }

  private static func pageSize(_ environment: OpaquePointer) -> Int {
    var pages = MDB_stat()
    guard mdb_env_stat(environment, &pages) == 0, pages.ms_psize >= 512 else { return 1 << 16 }
    return Int(pages.ms_psize)
  }

  private static func begin(
    _ environment: OpaquePointer, _ transaction: inout OpaquePointer?
  ) -> CInt {
    var code = mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction)
    if code == MDB_MAP_RESIZED {
      code = mdb_env_set_mapsize(environment, 0)
      if code == 0 { code = mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction) }
    }
    return code
  }

  private func get(_ key: UnsafeMutableRawBufferPointer) throws(LookupError) -> Bytes? {
    var item = MDB_val(mv_size: key.count, mv_data: key.baseAddress)
    var value = MDB_val()
    let code = mdb_get(transaction, database, &item, &value)
    switch code {
    case 0: return LMDBTable.copy(value)
    case MDB_NOTFOUND: return nil
    default: throw failure("reading", code)
    }
  }

  private static func copy(_ item: MDB_val) -> Bytes {
    let bytes = UnsafeRawBufferPointer(start: item.mv_data, count: item.mv_size)
    return Bytes(bytes.last == 0 ? bytes.dropLast() : bytes[...])
  }

  private static func memory(of item: MDB_val) -> UnsafeBufferPointer<UInt8> {
    UnsafeRawBufferPointer(start: item.mv_data, count: item.mv_size).bindMemory(to: UInt8.self)
  }

  private func failure(_ step: String, _ code: CInt) -> LookupError {
    let reason = String(cString: mdb_strerror(code))
    return LookupError(
      .temporary, ["error: error \(step) lmdb:\(name): \(reason)"], reason: reason)
  }
}
