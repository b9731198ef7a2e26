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

  /// - Parameter queueDirectory: the directory above
  /// - Throws: where the folder is missing or may not be entered
  init(queueDirectory: String, name: String, depth: Int) throws(SystemError) {
    self.name = name
    self.depth = depth
    descriptor = open("\(queueDirectory)/\(name)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last("open", "\(queueDirectory)/\(name)") }
  }

  deinit { close(descriptor) }

  /// Name of a file relative to the folder, with its hash levels, as a C string.
  func path(_ id: Bytes, hash: Bytes) -> [CChar] {
    var result: [CChar] = []
    result.reserveCapacity(id.count + 2 * depth + 1)
    for level in 0..<depth {
      result.append(CChar(bitPattern: level < hash.count ? hash[level] : 0x5F))
      result.append(0x2F)
    }
    for byte in id { result.append(CChar(bitPattern: byte)) }
    result.append(0)
    return result
  }

  /// A name in the folder itself, as a C string.
  func cString(_ name: Bytes) -> [CChar] {
    var result: [CChar] = []
    result.reserveCapacity(name.count + 1)
    for byte in name { result.append(CChar(bitPattern: byte)) }
    result.append(0)
    return result
  }

  /// Makes the folders above a path of a hashed queue.
  func makeFolders(_ path: [CChar]) {
    for index in path.indices where path[index] == 0x2F {
      var folder = Array(path[..<index])
      folder.append(0)
      // EEXIST is the ordinary case below the first level; anything else shows at the next step.
      mkdirat(descriptor, folder, 0o700)
    }
  }

  /// Makes the names in the folder durable.
  ///
  /// Postfix leaves this to the file system: ext4, XFS and btrfs commit the name with the file. One
  /// more fsync(2) costs nothing there, and saves the name elsewhere.
  func sync(_ path: [CChar]) throws(SystemError) {
    guard depth > 0, let slash = path.lastIndex(of: 0x2F) else {
      guard fsync(descriptor) == 0 else { throw .last("fsync", name) }
      return
    }
    var folder = Array(path[..<slash])
    folder.append(0)
    let opened = smtpd_openat(descriptor, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard opened >= 0 else { throw .last("open", name) }
    defer { close(opened) }
    guard fsync(opened) == 0 else { throw .last("fsync", name) }
  }
}
