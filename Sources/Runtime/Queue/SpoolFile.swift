import CSystem
import Glibc
import RestrictionDSL

/// A queue file from its creation to its publication.
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
final class SpoolFile: @unchecked Sendable {
  private var queue: SpoolDirectory
  private var path: [CChar]
  private let number: QueueID
  private(set) var descriptor: CInt
  let id: Bytes

  /// Creates a file in the queue.
  ///
  /// - Parameter owner: given the file; `nil` leaves the process's own user
  /// - Throws: ENOSPC, EACCES, ENOENT …; nothing is left behind
  init(
    in queue: SpoolDirectory, longID: Bool, owner: uid_t?, process: pid_t
  ) throws(SystemError) {
    self.queue = queue
    var time = timespec()
    var temporary: [CChar] = []
    var opened: CInt = -1
    while opened < 0 {
      clock_gettime(CLOCK_REALTIME, &time)
      var name = DecimalText.bytes(Int64(time.tv_nsec / 1000))
      name.append(0x2E)
      DecimalText.append(Int64(process), to: &name)
      temporary = queue.cString(name)
      opened = smtpd_openat(
        queue.descriptor, temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      // Another loop of this process in the same microsecond: the next one is free.
      if opened < 0 && errno != EEXIST && errno != EINTR { throw .last("create file", queue.name) }
    }
    var status = stat()
    guard fstat(opened, &status) == 0 else {
      let error = SystemError.last("fstat", queue.name)
      SpoolFile.drop(opened, queue, temporary)
      throw error
    }
    if let owner { fchown(opened, owner, gid_t.max) }
    while true {
      let number = QueueID(
        seconds: longID ? Int64(time.tv_sec) : nil, microseconds: Int(time.tv_nsec / 1000),
        inode: UInt64(status.st_ino))
      let text = number.text
      let hashText = queue.depth > 0 ? number.hashText : []
      let final = queue.path(text, hash: hashText)
      if SpoolFile.rename(temporary, in: queue, to: final, in: queue) {
        descriptor = opened
        path = final
        id = text
        self.number = number
        return
      }
      guard errno == EEXIST else {
        let error = SystemError.last("rename", "\(queue.name)/\(text.text)")
        SpoolFile.drop(opened, queue, temporary)
        throw error
      }
      clock_gettime(CLOCK_REALTIME, &time)
    }
  }

  deinit { remove() }

  /// Renames, never over an existing file; makes the folders of a hashed queue.
  ///
  /// - Returns: whether it was done; else errno tells why
  private static func rename(
    _ path: [CChar], in queue: SpoolDirectory, to target: [CChar], in other: SpoolDirectory
  ) -> Bool {
    if smtpd_rename_new(queue.descriptor, path, other.descriptor, target) == 0 { return true }
    guard errno == ENOENT, other.depth > 0 else { return false }
    other.makeFolders(target)
    return smtpd_rename_new(queue.descriptor, path, other.descriptor, target) == 0
  }

  private static func drop(_ fd: CInt, _ queue: SpoolDirectory, _ path: [CChar]) {
    unlinkat(queue.descriptor, path, 0)
    close(fd)
  }

  /// Name for messages: queue and id.
  var name: String { "\(queue.name)/\(id.text)" }

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
    let target = other.path(id, hash: number.hashText)
    guard SpoolFile.rename(path, in: queue, to: target, in: other) else {
      throw .last("rename", "\(other.name)/\(id.text)")
    }
    queue = other
    path = target
  }

  /// Makes the complete file visible to the queue manager, and durable.
  func publish() throws(SystemError) {
    guard fchmod(descriptor, 0o700) == 0 else { throw .last("fchmod", name) }
    guard fsync(descriptor) == 0 else { throw .last("fsync", name) }
    try queue.sync(path)
    let closing = descriptor
    descriptor = -1
    // A network file system may report a write error here for the first time. The name is still ours.
    guard close(closing) == 0 || errno == EINTR else {
      let error = SystemError.last("close", name)
      unlinkat(queue.descriptor, path, 0)
      throw error
    }
  }

  /// Removes the file; without effect once it was published.
  func remove() {
    guard descriptor >= 0 else { return }
    SpoolFile.drop(descriptor, queue, path)
    descriptor = -1
  }
}
