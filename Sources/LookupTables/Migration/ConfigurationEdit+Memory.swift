import CSystem
import Glibc
import RestrictionDSL

extension ConfigurationEdit {
  /// Puts the changed file in the place of the old one: whole or not at all, with its mode and owner.
  ///
  /// - Throws: the error of the system
  public func write() throws(SystemErrno) {
    // A name that is a link stays one.
    guard let resolved = realpath(path, nil) else { throw SystemErrno(errno) }
    let target = String(cString: resolved)
    free(resolved)
    var status = stat()
    guard stat(target, &status) == 0 else { throw SystemErrno(errno) }
    let temporary = target + ".migrate"
    let fd = smtpd_open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard fd >= 0 else { throw SystemErrno(errno) }
    let isWritten =
      writeDescriptor(fd, bytes) && fchmod(fd, status.st_mode & 0o7777) == 0
      && (geteuid() != 0 || fchown(fd, status.st_uid, status.st_gid) == 0) && fsync(fd) == 0
    let code = errno
    close(fd)
    guard isWritten, rename(temporary, target) == 0 else {
      let error = SystemErrno(isWritten ? errno : code)
      unlink(temporary)
      throw error
    }
  }
}
