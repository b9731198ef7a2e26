#if BerkeleyDB
  import CBerkeleyDB
  import CSystem
  import Glibc
  import RestrictionDSL

  /// Writes `hash:` and `btree:` files through Berkeley DB.
  ///
  /// The file keeps its inode and mode. The exclusive flock(2) is taken on the file itself before
  /// it is emptied and held until it is whole, so that a reader never sees half a table.
  ///
  /// - Source: facts postmap §7 and §8
  final class BerkeleyDBWriter: TableWriter {
    private let name: String
    private let path: String
    private let format: BerkeleyDBFormat
    private let options: WriteOptions
    private var environment: UnsafeMutablePointer<DB_ENV>?
    private var db: UnsafeMutablePointer<DB>?
    private var lock: CInt = -1
    private var forms: KeyForms

    init(name: String, format: BerkeleyDBFormat, options: WriteOptions) throws(BuildError) {
      self.name = name
      path = name + ".db"
      self.format = format
      self.options = options
      forms = KeyForms(options.keyForm)
      lock = smtpd_open(path, O_RDWR | O_CLOEXEC, 0)
      if lock < 0 {
        let code = errno
        if options.mode == .update { throw openFailure(code) }
        guard code == ENOENT else { throw BuildError("open \(path): \(SystemErrno(code).text)") }
        // The library makes the file complete under another name; only its directory can refuse.
        guard faccessat(AT_FDCWD, BerkeleyDBFormat.split(path).directory, W_OK, AT_EACCESS) == 0
        else {
          throw openFailure(errno)
        }
      } else {
        guard setFlock(lock, options.mode == .update ? LOCK_SH : LOCK_EX) == 0 else {
          throw openFailure(errno)
        }
        try removeIfEmpty()
      }
      // A new file is there, and locked, before the first entry is read.
      if options.mode != .create || lock < 0 { try open() }
    }

    deinit {
      if let db { _ = smtpd_bdb_close(db) }
      if let environment { _ = smtpd_bdb_environment_close(environment) }
      if lock >= 0 { close(lock) }
    }

    var duplicateName: String { path }
    var ownName: String { "\(format.name):\(path)" }

    /// Berkeley DB refuses a file of no length; Postfix removes it.
    private func removeIfEmpty() throws(BuildError) {
      var status = stat()
      guard options.mode != .update, fstat(lock, &status) == 0, status.st_size == 0 else { return }
      options.warn?("removing zero-length database file: \(path)")
      guard unlink(path) == 0 else { throw openFailure(errno) }
      close(lock)
      lock = -1
    }

    /// Opens or creates the file through the library; in create mode it begins empty.
    private func open() throws(BuildError) {
      let cache = max(options.berkeleyCache, min(4 * options.sourceSize, 256 << 20))
      let location = BerkeleyDBFormat.split(path)
      var code = smtpd_bdb_environment(
        &environment, location.directory, UInt32(clamping: cache))
      guard code == 0, let environment else { throw openFailure(code) }
      code = smtpd_bdb_create(&db, environment)
      guard code == 0, let db else { throw openFailure(code) }
      if format == .hash {
        _ = smtpd_bdb_set_elements(db, BerkeleyDBFormat.expectedElements)
      }
      var flags = UInt32(DB_FCNTL_LOCKING)
      if options.mode != .update { flags |= UInt32(DB_CREATE) }
      if options.mode == .create && lock >= 0 { flags |= UInt32(DB_TRUNCATE) }
      code = smtpd_bdb_open(db, location.file, format.type, flags, 0o644)
      guard code == 0 else { throw openFailure(code) }
      if lock < 0 {
        lock = smtpd_open(path, O_RDWR | O_CLOEXEC, 0)
        guard lock >= 0, setFlock(lock, LOCK_EX) == 0 else { throw openFailure(errno) }
      }
      guard options.mode == .update else { return }
      _ = setFlock(lock, LOCK_UN)
      if let warning = IndexedFile.ageWarning(path: path, source: name, fd: lock) {
        options.warn?(warning)
      }
    }

    func contains(_ key: Span<UInt8>) throws(BuildError) -> Bool {
      guard let db else { return false }
      let code = withItem(key, withNUL: options.writesNUL) { item in
        var value = DBT()
        // No byte of the value is wanted.
        value.flags = UInt32(DB_DBT_USERMEM | DB_DBT_PARTIAL)
        return smtpd_bdb_get(db, &item, &value)
      }
      guard code == 0 || code == DB_NOTFOUND else { throw writeFailure("reading", code) }
      return code == 0
    }

    func write(_ batch: EntryBatch, isWhole: Bool) throws(BuildError) {
      if db == nil { try open() }
      guard let db else { return }
      let extra = options.writesNUL ? 1 : 0
      // Neighbours in the file follow each other: in a tree by key, in a hash by bucket.
      let order =
        format == .btree
        ? batch.sortedIndices() : EntryOrder.byBucket(batch, extra: extra)
      var keyItem = DBT()
      var valueItem = DBT()
      let code = batch.forEach(in: order) { item in
        keyItem.data = item.key
        keyItem.size = UInt32(clamping: item.keyLength + extra)
        valueItem.data = item.value
        valueItem.size = UInt32(clamping: item.valueLength + extra)
        return smtpd_bdb_put(db, &keyItem, &valueItem, 0)
      }
      guard code == 0 else { throw writeFailure("writing", code) }
    }

    func delete(_ key: Span<UInt8>) throws(BuildError) -> Bool {
      guard let db else { return false }
      guard setFlock(lock, LOCK_EX) == 0 else { throw writeFailure("locking", errno) }
      defer { _ = setFlock(lock, LOCK_UN) }
      for withNUL in [true, false] where withNUL ? forms.triesNUL : forms.triesPlain {
        let code = withItem(key, withNUL: withNUL) { item in smtpd_bdb_delete(db, &item) }
        if code == 0 {
          forms.hit(withNUL: withNUL)
          let code = smtpd_bdb_sync(db)
          guard code == 0 else { throw writeFailure("writing", code) }
          return true
        }
        guard code == DB_NOTFOUND else { throw writeFailure("deleting from", code) }
      }
      return false
    }

    func finish() throws(BuildError) {
      guard let db else { return }
      self.db = nil
      let code = smtpd_bdb_close(db)
      if let environment { _ = smtpd_bdb_environment_close(environment) }
      environment = nil
      if lock >= 0 { close(lock) }
      lock = -1
      guard code == 0 else { throw writeFailure("closing", code) }
    }

    private func withItem(
      _ key: Span<UInt8>, withNUL: Bool, _ body: (inout DBT) -> CInt
    ) -> CInt {
      var text = Bytes(copying: key)
      if withNUL { text.append(0) }
      return text.withUnsafeMutableBytes { bytes in
        var item = DBT()
        item.data = bytes.baseAddress
        item.size = UInt32(clamping: bytes.count)
        return body(&item)
      }
    }

    private func openFailure(_ code: CInt) -> BuildError {
      BuildError("open database \(path): \(BerkeleyDBFormat.message(code))")
    }

    private func writeFailure(_ step: String, _ code: CInt) -> BuildError {
      BuildError("error \(step) \(path): \(BerkeleyDBFormat.message(code))")
    }
  }
#endif
