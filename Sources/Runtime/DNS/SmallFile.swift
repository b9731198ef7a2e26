import CSystem
import Glibc
import RestrictionDSL

/// Small system files, read whole.
public enum SmallFile {
  /// The contents; empty where the file cannot be read.
  public static func contents(of path: String, limit: Int = 4 << 20) -> Bytes {
    let fd = smtpd_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard fd >= 0 else { return [] }
    defer { close(fd) }
    var contents = Bytes()
    var chunk = Bytes(repeating: 0, count: 16_384)
    while contents.count < limit {
      let count = read(fd, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      contents.append(contentsOf: chunk[..<count])
    }
    return contents
  }

  /// Whether the file can be read.
  public static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

  /// Replaces the contents.
  ///
  /// - Returns: `false` with errno where the system refused.
  public static func write(_ contents: Bytes, to path: String) -> Bool {
    let fd = smtpd_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard fd >= 0 else { return false }
    defer { close(fd) }
    var rest = contents[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(fd, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

/// Tells whether a file is still the one that was read.
struct FileStamp: Hashable, Sendable {
  private let device: UInt
  private let inode: UInt
  private let size: Int
  private let seconds: Int
  private let nanoseconds: Int

  /// A missing file has a stamp too.
  init(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      (device, inode, size, seconds, nanoseconds) = (0, 0, -1, 0, 0)
      return
    }
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    size = Int(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}
