import CSystem
import Glibc
import RestrictionDSL

/// What a server process does to itself before it serves.
enum ProcessSetup {
  /// Broken connections are errors of the call that meets them, not signals.
  static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  /// Raises the number of descriptors to what is allowed.
  ///
  /// - Returns: the number
  static func raiseDescriptorLimit() -> Int {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return 1024 }
    limit.rlim_cur = min(limit.rlim_max, 1_048_576)
    setrlimit(resource, &limit)
    return getrlimit(resource, &limit) == 0 ? Int(clamping: limit.rlim_cur) : 1024
  }

  /// Relative paths of services and tables start at the queue directory.
  ///
  /// - Throws: ``SystemError`` naming it; the caller stops.
  static func enter(_ directory: String) throws(SystemError) {
    guard chdir(directory) == 0 else { throw .last("chdir", directory) }
  }

  /// Gives root's rights up for those of the mail owner, where that one exists and the queue is its.
  ///
  /// - Throws: ``SystemError`` where the kernel refuses; the caller stops.
  static func dropPrivileges(to owner: String, queueDirectory: String) throws(SystemError) {
    guard geteuid() == 0, let (user, group) = account(owner), user != 0 else { return }
    // Where the queue belongs to somebody else, its files could not be written.
    var status = stat()
    guard stat(queueDirectory + "/incoming", &status) == 0, status.st_uid == user else { return }
    guard initgroups(owner, group) == 0, setgid(group) == 0, setuid(user) == 0 else {
      throw .last("setuid", owner)
    }
  }

  private static func account(_ name: String) -> (uid_t, gid_t)? {
    var entry = passwd()
    var buffer = [CChar](repeating: 0, count: 16_384)
    var found: UnsafeMutablePointer<passwd>?
    guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
      return nil
    }
    return (entry.pw_uid, entry.pw_gid)
  }
}
