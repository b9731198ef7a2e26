#if BerkeleyDB
  import CBerkeleyDB
  import CSystem
  import Glibc
  import RestrictionDSL

  /// `hash:` and `btree:` – files of Berkeley DB 5.3, read through the library.
  ///
  /// Lookups read the pages themselves where they can (``PagedTable``); what is unusual in a file is left to
  /// the library, which has it open all the same.
  ///
  /// The library keeps neither key nor value pointers after a call (DB_DBT_USERMEM), so both live in
  /// two buffers of ours for as long as the table is open.
  ///
  /// - Source: facts postmap §7 and §8, restrictions §9
  final class BerkeleyDBTable: ListableTable {
    let isIndexed = true
    let kind = TableKind.fixed
    private let file: IndexedFile
    private let type: String
    private let environment: UnsafeMutablePointer<DB_ENV>
    private let db: UnsafeMutablePointer<DB>
    private var forms: KeyForms
    /// `nil` where the library has to do it.
    private var pages: PagedTable?
    private var key = KeyMemory()
    private var data: UnsafeMutableRawBufferPointer

    init(name: String, format: BerkeleyDBFormat, opening: TableOpening) throws(OpenFailure) {
      let path = name + ".db"
      func failure(_ code: CInt) -> OpenFailure {
        OpenFailure("open database \(path): \(BerkeleyDBFormat.message(code))")
      }
      let lock = smtpd_open(path, O_RDONLY | O_CLOEXEC, 0)
      guard lock >= 0 else { throw failure(errno) }
      // A writer holds the file exclusively until it is whole.
      defer { close(lock) }
      guard setFlock(lock, LOCK_SH) == 0 else {
        throw OpenFailure("shared-lock database \(path): \(SystemErrno(errno).text)", isFatal: true)
      }
      let location = BerkeleyDBFormat.split(path)
      var environmentHandle: UnsafeMutablePointer<DB_ENV>?
      var code = smtpd_bdb_environment(
        &environmentHandle, location.directory, UInt32(clamping: opening.options.berkeleyReadCache))
      guard code == 0, let environment = environmentHandle else { throw failure(code) }
      if !opening.options.showsDatabaseMessages { smtpd_bdb_silence(environment) }
      var handle: UnsafeMutablePointer<DB>?
      code = smtpd_bdb_create(&handle, environment)
      guard code == 0, let db = handle else {
        _ = smtpd_bdb_environment_close(environment)
        throw failure(code)
      }
      code = smtpd_bdb_open(
        db, location.file, format.type, UInt32(DB_RDONLY | DB_FCNTL_LOCKING | DB_NOMMAP), 0)
      var fd: CInt = -1
      if code == 0 { code = smtpd_bdb_fd(db, &fd) }
      // The library takes a page that is not in the file for an empty one.
      if code == 0, BerkeleyDBTable.isCut(fd) { code = EINVAL }
      guard code == 0 else {
        _ = smtpd_bdb_close(db)
        _ = smtpd_bdb_environment_close(environment)
        throw failure(code)
      }
      _ = smtpd_fcntl_int(fd, F_SETFD, FD_CLOEXEC)
      self.environment = environment
      self.db = db
      self.type = format.name
      file = IndexedFile(path: path, source: name, fd: fd, opening: opening)
      forms = KeyForms(opening.options.keyForm)
      pages = try? PagedTable(
        fd: fd, looksBeforeEachPage: opening.options.looksBeforeEachLookup)
      data = .allocate(byteCount: 1024, alignment: 8)
      settleForm()
    }

    deinit {
      _ = smtpd_bdb_close(db)
      _ = smtpd_bdb_environment_close(environment)
      data.deallocate()
    }

    var ownName: String? { "\(type):\(file.path)" }
    var hasChanged: Bool { file.hasChanged() }

    func value(for text: Span<UInt8>) throws(LookupError) -> Bytes? {
      key.fill(text)
      let length = text.count
      return try forms.value { withNUL throws(LookupError) in
        try get(keyLength: withNUL ? length + 1 : length)
      }
    }

    func visitEntries(_ visit: EntryVisitor) throws(LookupError) {
      do throws(PageError) {
        var entries = try PagedEntries(fd: file.fd, withoutNUL: true)
        try entries.forEach(visit)
        return
      } catch {
        guard error == .unsupported else { throw pageFailure(error) }
      }
      var handle: UnsafeMutablePointer<DBC>?
      guard smtpd_bdb_cursor(db, &handle) == 0, let cursor = handle else {
        throw failure("read", EINVAL)
      }
      defer { _ = smtpd_bdb_cursor_close(cursor) }
      while true {
        // Memory of the library, valid until the next call with this cursor.
        var key = DBT()
        var value = DBT()
        guard setFlock(file.fd, LOCK_SH) == 0 else { throw failure("lock", errno) }
        let code = smtpd_bdb_cursor_next(cursor, &key, &value)
        _ = setFlock(file.fd, LOCK_UN)
        if code == DB_NOTFOUND { return }
        guard code == 0 else { throw failure("read", code) }
        let (keyText, valueText) = (BerkeleyDBTable.copy(key), BerkeleyDBTable.copy(value))
        visit(keyText.span, valueText.span)
      }
    }

    /// Whether the file ends before its last page.
    private static func isCut(_ fd: CInt) -> Bool {
      do throws(PageError) { try PagedEntries(fd: fd).checkSize() } catch {
        return error == .damaged
      }
      return false
    }

    func inspect() throws(LookupError) {
      do throws(PageError) { try PagedEntries.check(fd: file.fd) } catch {
        // Files that only the library understands are left to it.
        guard error != .unsupported else { return }
        throw pageFailure(error)
      }
    }

    private func pageFailure(_ error: PageError) -> LookupError {
      let line = "error: error reading \(file.path): \(error.text)"
      return LookupError(.temporary, [line], reason: error.text)
    }

    /// Looks at some entries: where their keys agree about the NUL, only this form is asked for.
    ///
    /// Not through the library, which goes round and round in a damaged tree.
    private func settleForm() {
      var keys: [Bytes] = []
      do throws(PageError) {
        var entries = try PagedEntries(fd: file.fd)
        try entries.forEach(until: { keys.count >= KeyForms.sampleSize }) { key, _ in
          keys.append(Bytes(copying: key))
        }
      } catch {
        return
      }
      var rest = keys[...]
      forms.settle { rest.popFirst().flatMap(\.last).map { $0 == 0 } }
    }

    private func get(keyLength: Int) throws(LookupError) -> Bytes? {
      if let pages {
        do {
          let bytes = key.prefix(keyLength).bindMemory(to: UInt8.self)
          let value = try pages.value(for: Span(_unsafeElements: UnsafeBufferPointer(bytes)))
          return value.map { $0.last == 0 ? Bytes($0.dropLast()) : $0 }
        } catch {
          // The library takes a page that is not in the file for an empty one, and follows garbage
          // round and round.
          if error == .damaged { throw pageFailure(error) }
          // It reads more than we do.
          if error != .unsupported, error != .changed { self.pages = nil }
        }
      }
      guard setFlock(file.fd, LOCK_SH) == 0 else { throw failure("lock", errno) }
      defer { _ = setFlock(file.fd, LOCK_UN) }
      while true {
        var keyItem = DBT()
        keyItem.data = key.prefix(keyLength).baseAddress
        keyItem.size = UInt32(clamping: keyLength)
        var valueItem = DBT()
        valueItem.data = data.baseAddress
        valueItem.ulen = UInt32(clamping: data.count)
        valueItem.flags = UInt32(DB_DBT_USERMEM)
        let code = smtpd_bdb_get(db, &keyItem, &valueItem)
        switch code {
        case 0: return BerkeleyDBTable.copy(valueItem)
        case CInt(DB_NOTFOUND): return nil
        case CInt(DB_BUFFER_SMALL) where Int(valueItem.size) > data.count:
          data.deallocate()
          data = .allocate(byteCount: Int(valueItem.size), alignment: 8)
        default: throw failure("read", code)
        }
      }
    }

    private static func copy(_ item: DBT) -> Bytes {
      let bytes = UnsafeRawBufferPointer(start: item.data, count: Int(item.size))
      return Bytes(bytes.last == 0 ? bytes.dropLast() : bytes[...])
    }

    private func failure(_ step: String, _ code: CInt) -> LookupError {
      let reason = BerkeleyDBFormat.message(code)
      let line = "error: error \(step == "lock" ? "locking" : "reading") \(file.path): \(reason)"
      return LookupError(.temporary, [line], reason: reason)
    }
  }
#endif
