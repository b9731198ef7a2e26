import CLMDB
import CSystem
import Glibc
import RestrictionDSL

/// Writes `lmdb:` files: one transaction that readers see as a whole or not at all.
///
/// The write lock waits until no reader is inside a lookup and becomes a read lock at once, which
/// keeps other writers out until the end. Where entries are added to a table, what was written is there
/// for everybody as soon as the source pauses, and the lock is given back in between.
///
/// - Source: facts postmap §7 and §8
final class LMDBWriter: TableWriter {
  private let name: String
  private let options: WriteOptions
  private let environment: OpaquePointer
  private var transaction: OpaquePointer?
  private var database: MDB_dbi = 0
  private var fd: CInt = -1
  private var mapSize: Int
  private var hasBatchInTransaction = false
  private var forms: KeyForms

  init(name: String, options: WriteOptions) throws(BuildError) {
    self.name = name
    self.options = options
    forms = KeyForms(options.keyForm)
    let path = name + ".lmdb"
    func failure(_ code: CInt) -> BuildError {
      BuildError("open database \(path): \(String(cString: mdb_strerror(code)))")
    }
    var handle: OpaquePointer?
    var code = mdb_env_create(&handle)
    guard code == 0, let environment = handle else { throw failure(code) }
    self.environment = environment
    mapSize = options.lmdbMapSize
    mdb_env_set_mapsize(environment, mapSize)
    code = mdb_env_open(environment, path, UInt32(MDB_NOSUBDIR | MDB_NOLOCK), 0o644)
    if code == 0 { code = mdb_env_get_fd(environment, &fd) }
    // A file that is larger than the map brings its own size.
    var info = MDB_envinfo()
    if code == 0 { code = mdb_env_info(environment, &info) }
    guard code == 0 else { throw failure(code) }
    mapSize = max(mapSize, info.me_mapsize)
    if options.mode == .create {
      try lockForWriting()
    } else if options.mode == .update,
      let warning = IndexedFile.ageWarning(path: path, source: name, fd: fd)
    {
      options.warn?(warning)
    }
  }

  deinit {
    if let transaction { mdb_txn_abort(transaction) }
    mdb_env_close(environment)
  }

  var duplicateName: String { "lmdb:\(name)" }
  var ownName: String { "lmdb:\(name)" }

  private func lockForWriting() throws(BuildError) {
    guard setFileLock(fd, F_WRLCK) == 0, setFileLock(fd, F_RDLCK) == 0 else {
      throw failure("locking", errno)
    }
  }

  private func begin() throws(BuildError) {
    if options.mode == .increment { try lockForWriting() }
    var handle: OpaquePointer?
    var code = mdb_txn_begin(environment, nil, 0, &handle)
    if code == MDB_MAP_RESIZED {
      code = mdb_env_set_mapsize(environment, 0)
      if code == 0 { code = mdb_txn_begin(environment, nil, 0, &handle) }
    }
    guard code == 0, let handle else { throw failure("updating", code) }
    transaction = handle
    code = mdb_dbi_open(handle, nil, 0, &database)
    if code == 0 && options.mode == .create { code = mdb_drop(handle, database, 0) }
    guard code == 0 else { throw failure("updating", code) }
  }

  func contains(_ key: Span<UInt8>) throws(BuildError) -> Bool {
    if transaction == nil { try begin() }
    let code = withItem(key, withNUL: options.writesNUL) { item in
      var value = MDB_val()
      return mdb_get(transaction, database, &item, &value)
    }
    // A key that the format cannot hold is not there.
    guard code == 0 || code == MDB_NOTFOUND || code == MDB_BAD_VALSIZE else {
      throw failure("reading", code)
    }
    return code == 0
  }

  func refusal(of key: Bytes) -> BuildError? {
    let length = key.count + (options.writesNUL ? 1 : 0)
    return (1...511).contains(length) ? nil : failure("updating", MDB_BAD_VALSIZE)
  }

  func write(_ batch: EntryBatch, isWhole: Bool) throws(BuildError) {
    if !isWhole && !hasBatchInTransaction && options.mode == .create {
      // What is in the transaction cannot be written again from a larger map: room for all of it,
      // beside what is there, which readers may still see.
      let room = options.sourceSize > 0 ? 8 * options.sourceSize : 64 << 30
      try grow(to: max(mapSize, usedSize + room))
    }
    let order = batch.sortedIndices()
    while true {
      if transaction == nil { try begin() }
      let code = put(batch, order, appending: isWhole)
      if code == MDB_MAP_FULL && !hasBatchInTransaction {
        try grow(to: 2 * mapSize)
        continue
      }
      guard code == 0 else { throw failure("updating", code) }
      if !hasBatchInTransaction && !hasRoomToCommit {
        try grow(to: 2 * mapSize)
        continue
      }
      hasBatchInTransaction = true
      if options.mode == .increment { try commit() }
      return
    }
  }

  private func put(_ batch: EntryBatch, _ order: [UInt32], appending: Bool) -> CInt {
    let extra = options.writesNUL ? 1 : 0
    let flags = appending ? UInt32(MDB_APPEND) : 0
    var handle: OpaquePointer?
    let code = mdb_cursor_open(transaction, database, &handle)
    guard code == 0, let cursor = handle else { return code }
    defer { mdb_cursor_close(cursor) }
    return batch.forEach(in: order) { item in
      var key = MDB_val(mv_size: item.keyLength + extra, mv_data: item.key)
      var value = MDB_val(mv_size: item.valueLength + extra, mv_data: item.value)
      return mdb_cursor_put(cursor, &key, &value, flags)
    }
  }

  /// Bytes of the file up to its last page in use.
  private var usedSize: Int {
    var info = MDB_envinfo()
    var status = MDB_stat()
    guard mdb_env_info(environment, &info) == 0, mdb_env_stat(environment, &status) == 0 else {
      return 0
    }
    return (Int(info.me_last_pgno) + 1) * Int(status.ms_psize)
  }

  /// A new table in the place of an old one also needs pages for the list of what has become free,
  /// and these are taken only when the transaction is committed, too late to begin anew.
  private var hasRoomToCommit: Bool {
    guard options.mode == .create else { return true }
    var new = MDB_stat()
    guard mdb_stat(transaction, database, &new) == 0 else { return true }
    let pages = new.ms_branch_pages + new.ms_leaf_pages + new.ms_overflow_pages
    let old = usedSize
    return old + Int(pages) * Int(new.ms_psize) + old / 256 + 65_536 <= mapSize
  }

  /// A larger map; the transaction begins anew.
  private func grow(to size: Int) throws(BuildError) {
    if let transaction { mdb_txn_abort(transaction) }
    transaction = nil
    // Who holds a read lock must not wait for a write lock: another writer could do the same.
    if options.mode == .increment { _ = setFileLock(fd, F_UNLCK) }
    mapSize = size
    let code = mdb_env_set_mapsize(environment, size)
    guard code == 0 else { throw failure("updating", code) }
  }

  func delete(_ key: Span<UInt8>) throws(BuildError) -> Bool {
    guard setFileLock(fd, F_WRLCK) == 0 else { throw failure("locking", errno) }
    defer { _ = setFileLock(fd, F_UNLCK) }
    for withNUL in [true, false] where withNUL ? forms.triesNUL : forms.triesPlain {
      while true {
        try begin()
        var code = withItem(key, withNUL: withNUL) { item in
          mdb_del(transaction, database, &item, nil)
        }
        if code == 0 {
          let open = transaction
          transaction = nil
          code = mdb_txn_commit(open)
          if code == 0 {
            forms.hit(withNUL: withNUL)
            return true
          }
        }
        if let open = transaction { mdb_txn_abort(open) }
        transaction = nil
        if code == MDB_NOTFOUND { break }
        guard code == MDB_MAP_FULL else { throw failure("deleting from", code) }
        try grow(to: 2 * mapSize)
      }
    }
    return false
  }

  var showsEntriesAtOnce: Bool { options.mode == .increment }

  func settle() throws(BuildError) { try commit() }

  func finish() throws(BuildError) {
    if transaction == nil && options.mode == .create { try begin() }
    try commit()
  }

  private func commit() throws(BuildError) {
    guard let open = transaction else { return }
    transaction = nil
    hasBatchInTransaction = false
    let code = mdb_txn_commit(open)
    if options.mode == .increment { _ = setFileLock(fd, F_UNLCK) }
    guard code == 0 else { throw failure("updating", code) }
  }

  private func withItem(
    _ key: Span<UInt8>, withNUL: Bool, _ body: (inout MDB_val) -> CInt
  ) -> CInt {
    var text = Bytes(copying: key)
    if withNUL { text.append(0) }
    return text.withUnsafeMutableBytes { bytes in
      var item = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
      return body(&item)
    }
  }

  private func failure(_ step: String, _ code: CInt) -> BuildError {
    BuildError("error \(step) lmdb:\(name): \(String(cString: mdb_strerror(code)))")
  }
}
