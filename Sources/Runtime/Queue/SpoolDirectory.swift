import CSystem
import Glibc
import RestrictionDSL

/// One queue of the mail system, for instance `incoming`: a folder, hashed or flat.
///
/// Everything in it is reached through one descriptor, so that chdir(2), chroot(2) and long paths do
/// not matter.
final class SpoolDirectory: Sendable {
  let name: String
  /// Levels of folders below it; 0 for a flat queue.
  let depth: Int
  let descriptor: CInt
  /// The file system does not commit a new name together with the file.
  private let namesNeedSync: Bool

  /// - Parameter queueDirectory: the directory above
  /// - Throws: where the folder is missing or may not be entered
  init(queueDirectory: String, name: String, depth: Int) throws(SystemError) {
    self.name = name
    self.depth = depth
    descriptor = open("\(queueDirectory)/\(name)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    namesNeedSync = !SpoolDirectory.commitsNamesWithFiles(descriptor)
    guard descriptor >= 0 else { throw .last("open", "\(queueDirectory)/\(name)") }
  }

  deinit { close(descriptor) }

  /// Writes the name of a file relative to the folder, with its hash levels, as a C string.
  func write(_ number: QueueID, to path: inout ByteBuffer) {
    path.clear()
    if depth > 0 {
      let hash = number.hashText
      for level in 0..<depth {
        path.append(level < hash.count ? hash[level] : 0x5F)
        path.append(0x2F)
      }
    }
    number.write(to: &path)
    path.append(0)
  }

  /// Makes the folders above a path of a hashed queue.
  func makeFolders(_ path: borrowing ByteBuffer) {
    let bytes = path.bytes
    for index in bytes.indices where bytes[index] == 0x2F {
      // EEXIST is the ordinary case below the first level; anything else shows at the next step.
      _ = SpoolDirectory.withFolder(bytes[..<index]) { mkdirat(descriptor, $0, 0o700) }
    }
  }

  private static func withFolder(
    _ name: ArraySlice<UInt8>, _ body: (UnsafePointer<CChar>) -> CInt
  ) -> CInt {
    var folder = ByteBuffer(capacity: name.count + 1)
    folder.append(name.span)
    folder.append(0)
    return folder.withCString(body)
  }

  /// Makes the names in the folder durable.
  ///
  /// Postfix leaves this to the file system. Where the file's own fsync(2) has committed its name this
  /// does nothing: under load another fsync(2) on the folder waits for one more commit of the journal.
  func sync(_ path: borrowing ByteBuffer) throws(SystemError) {
    guard namesNeedSync else { return }
    if depth == 0 {
      guard smtpd_fsync(descriptor) == 0 else { throw .last("fsync", name) }
      return
    }
    let folder = path.bytes.prefix(2 * depth - 1)
    let opened = SpoolDirectory.withFolder(folder) {
      smtpd_openat(descriptor, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    }
    guard opened >= 0 else { throw .last("open", name) }
    defer { close(opened) }
    guard fsync(opened) == 0 else { throw .last("fsync", name) }
  }

  /// ext4, XFS and btrfs: fsync(2) on a new file makes its name durable too.
  ///
  /// tmpfs has nothing to lose.
  private static func commitsNamesWithFiles(_ descriptor: CInt) -> Bool {
    var status = statfs()
    guard descriptor >= 0, fstatfs(descriptor, &status) == 0 else { return false }
    return [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994].contains(Int(status.f_type))
  }
}
