import CSystem
import Glibc
import RestrictionDSL

/// A queue file from its creation to its publication, then the next one.
///
/// | state | name | mode | after a crash |
/// |---|---|---|---|
/// | created | `<microsecond>.<process>` | 0600 | no legal queue name: ignored |
/// | open | its id | 0600 | no execute bit: ignored |
/// | complete | its id, in `incoming` or `hold` | 0700 | C record and all data were written before the mode |
/// | published | the same | 0700 | synced: survives a power cut |
///
/// Used by one thread at a time. A file that is given up, or dropped before it was published, is
/// removed.
///
/// - Source: facts queue-file.md §6 and §7
final class SpoolFile {
  private var queue: SpoolDirectory
  private var number = QueueID(seconds: nil, microseconds: 0, inode: 0)
  /// Names below the queue, as C strings.
  private var path = ByteBuffer(capacity: 32)
  /// The process stays; a microsecond is put in front of it.
  private var temporary = ByteBuffer(capacity: 32)
  private var temporaryProcess: pid_t = -1
  private(set) var descriptor: CInt = -1
  private(set) var id: Bytes = []

  /// Nothing yet.
  init(in queue: SpoolDirectory) { self.queue = queue }

  deinit { remove() }

  /// Creates a file in the queue.
  ///
  /// - Parameter owner: given the file; `nil` leaves the process's own user
  /// - Throws: ENOSPC, EACCES, ENOENT …; nothing is left behind
  func create(
    in queue: SpoolDirectory, longID: Bool, owner: uid_t?, process: pid_t
  ) throws(SystemError) {
    precondition(descriptor < 0, "file \(id.text) is open")
    if self.queue !== queue { self.queue = queue }
    var time = timespec()
    var opened: CInt = -1
    if temporaryProcess != process {
      temporaryProcess = process
      temporary.clear()
      temporary.append("000000.")
      temporary.append(decimal: UInt64(max(0, process)))
      temporary.append(0)
    }
    while opened < 0 {
      clock_gettime(CLOCK_REALTIME, &time)
      temporary.set(digits: UInt64(time.tv_nsec / 1000), in: 0..<6)
      opened = temporary.withCString {
        smtpd_openat(queue.descriptor, $0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      }
      // Another loop of this process in the same microsecond: the next one is free.
      if opened < 0 && errno != EEXIST && errno != EINTR { throw .last("create file", queue.name) }
    }
    var status = stat()
    guard fstat(opened, &status) == 0 else {
      let error = SystemError.last("fstat", queue.name)
      drop(opened, temporary)
      throw error
    }
    if let owner { fchown(opened, owner, gid_t.max) }
    while true {
      number = QueueID(
        seconds: longID ? Int64(time.tv_sec) : nil, microseconds: Int(time.tv_nsec / 1000),
        inode: UInt64(status.st_ino))
      queue.write(number, to: &path)
      if SpoolFile.rename(temporary, in: queue, to: path, in: queue) {
        descriptor = opened
        // Behind the hash levels, before the NUL.
        path.copy(2 * queue.depth..<path.count - 1, to: &id)
        return
      }
      guard errno == EEXIST else {
        let error = SystemError.last("rename", "\(queue.name)/\(number.text.text)")
        drop(opened, temporary)
        throw error
      }
      clock_gettime(CLOCK_REALTIME, &time)
    }
  }

  /// Renames, never over an existing file; makes the folders of a hashed queue.
  ///
  /// - Returns: whether it was done; else errno tells why
  private static func rename(
    _ path: borrowing ByteBuffer, in queue: SpoolDirectory, to target: borrowing ByteBuffer,
    in other: SpoolDirectory
  ) -> Bool {
    func attempt() -> Bool {
      path.withCString { from in
        target.withCString { to in
          smtpd_rename_new(queue.descriptor, from, other.descriptor, to) == 0
        }
      }
    }
    if attempt() { return true }
    guard errno == ENOENT, other.depth > 0 else { return false }
    other.makeFolders(target)
    return attempt()
  }

  private func drop(_ fd: CInt, _ path: borrowing ByteBuffer) {
    _ = path.withCString { unlinkat(queue.descriptor, $0, 0) }
    close(fd)
  }

  /// Appends the id.
  func appendID(to text: inout ByteBuffer) {
    // Behind the hash levels, before the NUL.
    text.append(path, from: 2 * queue.depth, to: path.count - 1)
  }

  /// Name for messages: queue and id.
  var name: String { "\(queue.name)/\(id.text)" }

  /// Writes all records, behind what was written before.
  ///
  /// - Throws: part of the bytes may have been written
  func write(_ records: borrowing RecordBuffer) throws(SystemError) {
    var start = 0
    while start < records.count {
      let written = records.withPointer(from: start) { smtpd_write(descriptor, $0, $1) }
      if written < 0 {
        if errno == EINTR { continue }
        throw .last("write", name)
      }
      start += written
    }
  }

  /// Replaces bytes that were written before.
  func overwrite(_ data: Bytes, at offset: Int) throws(SystemError) {
    var start = 0
    while start < data.count {
      let rest = Array(data[start...])
      let written = pwrite(descriptor, rest, rest.count, off_t(offset + start))
      if written < 0 {
        if errno == EINTR { continue }
        throw .last("write", name)
      }
      start += written
    }
  }

  /// Moves the open file into another queue.
  func move(to other: SpoolDirectory) throws(SystemError) {
    var target = ByteBuffer(capacity: 32)
    other.write(number, to: &target)
    guard SpoolFile.rename(path, in: queue, to: target, in: other) else {
      throw .last("rename", "\(other.name)/\(id.text)")
    }
    queue = other
    path = target
  }

  /// Makes the complete file visible to the queue manager, and durable.
  func publish() throws(SystemError) {
    guard fchmod(descriptor, 0o700) == 0 else { throw .last("fchmod", name) }
    guard smtpd_fsync(descriptor) == 0 else { throw .last("fsync", name) }
    try queue.sync(path)
    let closing = descriptor
    descriptor = -1
    // A network file system may report a write error here for the first time. The name is still ours.
    guard smtpd_close(closing) == 0 || errno == EINTR else {
      let error = SystemError.last("close", name)
      _ = path.withCString { unlinkat(queue.descriptor, $0, 0) }
      throw error
    }
  }

  /// Removes the file; without effect once it was published.
  func remove() {
    guard descriptor >= 0 else { return }
    drop(descriptor, path)
    descriptor = -1
  }
}
