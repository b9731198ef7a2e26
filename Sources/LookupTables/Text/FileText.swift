import CSystem
import Glibc
import RestrictionDSL

/// Reads text files whole or in pieces, without buffering of the C library.
final class FileReader {
  private let fd: CInt
  private let owns: Bool
  private var buffer: Bytes
  private var position = 0
  private var end = 0
  /// Whether the last line had no newline.
  private(set) var isUnterminated = false

  /// - Throws: the error of open(2).
  convenience init(path: String) throws(SystemErrno) { try self.init(path: Bytes(path)) }

  /// - Parameter path: any bytes: a file may have a name that is no UTF-8
  /// - Throws: the error of open(2).
  convenience init(path: Bytes) throws(SystemErrno) {
    let fd = smtpd_open(path.map(CChar.init(bitPattern:)) + [0], O_RDONLY | O_CLOEXEC, 0)
    guard fd >= 0 else { throw SystemErrno(errno) }
    self.init(fd: fd, owns: true)
  }

  /// Reads a descriptor that the caller opened.
  init(fd: CInt, owns: Bool = false) {
    self.fd = fd
    self.owns = owns
    buffer = Bytes(repeating: 0, count: 65_536)
  }

  deinit { if owns { close(fd) } }

  /// What fstat(2) says.
  var status: stat {
    var status = stat()
    fstat(fd, &status)
    return status
  }

  /// Whether the next read would wait.
  var isIdle: Bool {
    guard position == end else { return false }
    var ready = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
    return poll(&ready, 1, 0) == 0
  }

  /// Appends one line without its newline.
  ///
  /// - Returns: `false` at the end of the file.
  func readLine(into line: inout Bytes) throws(SystemErrno) -> Bool {
    var found = false
    while true {
      if position == end {
        guard try fill() else {
          isUnterminated = found
          return found
        }
      }
      found = true
      let newline = findByte(0x0A, in: buffer, from: position, to: end)
      line += buffer[position..<newline]
      position = newline
      guard newline == end else {
        position += 1
        return true
      }
    }
  }

  /// The rest of the file.
  func readAll() throws(SystemErrno) -> Bytes {
    var text = Bytes(buffer[position..<end])
    position = end
    while try fill() {
      text += buffer[position..<end]
      position = end
    }
    return text
  }

  private func fill() throws(SystemErrno) -> Bool {
    let count = readDescriptor(fd, into: &buffer)
    guard count >= 0 else { throw SystemErrno(errno) }
    position = 0
    end = count
    return count > 0
  }
}

/// An error number of the system.
public struct SystemErrno: Error, Hashable, Sendable {
  public let code: CInt

  init(_ code: CInt) { self.code = code }

  /// What strerror(3) says.
  public var text: String { String(cString: strerror(code)) }
}
