import CSystem
import Glibc

/// A new table is as private as its source and belongs to its owner.
///
/// - Source: postmap(1) -o, -p; facts postmap §8
struct SourceOwnership {
  private var umaskBefore: mode_t?
  private var changedIdentity = false

  /// - Unit: bytes; 0 where the source is no file.
  private(set) var sourceSize = 0

  init(fd: CInt, options: Options, console: Console) {
    var status = stat()
    guard fstat(fd, &status) == 0 else {
      console.fatal("fstat source: \(String(cString: strerror(errno)))")
    }
    let isFile = status.st_mode & S_IFMT == S_IFREG
    if isFile { sourceSize = Int(status.st_size) }
    guard isFile else { return }
    if options.inheritsMode {
      umaskBefore = umask(0o022 | (~status.st_mode & 0o077))
    }
    guard !options.keepsOwner, geteuid() == 0, status.st_uid != 0 || status.st_gid != getegid()
    else { return }
    var group = status.st_gid
    guard setegid(status.st_gid) == 0, setgroups(1, &group) == 0, seteuid(status.st_uid) == 0
    else {
      console.fatal("set effective ids: \(String(cString: strerror(errno)))")
    }
    changedIdentity = true
  }

  func restore() {
    if let umaskBefore { umask(umaskBefore) }
    guard changedIdentity else { return }
    var group: gid_t = 0
    _ = seteuid(0)
    _ = setegid(0)
    _ = setgroups(1, &group)
  }
}
