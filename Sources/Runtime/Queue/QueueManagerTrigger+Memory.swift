import CSystem
import Glibc
import RestrictionDSL

/// Tells the queue manager that there is a new file, if one listens.
///
/// - Source: facts postfix-ipc.md §16
final class QueueManagerTrigger {
  /// The socket or FIFO, `$queue_directory/public/qmgr`, as a C string.
  private let path: ByteBuffer

  init(path text: String) {
    var path = ByteBuffer(capacity: text.utf8.count + 1)
    path.append(Bytes(text))
    path.append(0)
    self.path = path
  }

  /// Sends `W`.
  ///
  /// From any thread. Never waits: a queue manager that does not take it scans the queue by itself.
  func send() {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFSOCK: sendToSocket()
    case S_IFIFO:
      let fd = path.withCString { smtpd_open($0, O_WRONLY | O_NONBLOCK | O_CLOEXEC, 0) }
      guard fd >= 0 else { return }
      write(fd, [0x57, 0] as [UInt8], 2)
      close(fd)
    default: return
    }
  }

  private func sendToSocket() {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = path.bytes.dropLast()
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { target in
      guard bytes.count < target.count else { return false }
      target.copyBytes(from: bytes)
      return true
    }
    guard fits else { return }
    let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
    let fd = socket(AF_UNIX, type | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard fd >= 0 else { return }
    defer { close(fd) }
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard connected == 0 else { return }
    _ = Glibc.send(fd, [0x57, 0] as [UInt8], 2, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
  }
}
