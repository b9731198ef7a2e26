import CSystem
import Glibc
import RestrictionDSL

/// Writes lines in Postfix's file format to standard error, standard output or a file:
/// `Nov 23 03:03:33 mx postfix/smtpd[15503]: connect from …`.
///
/// A reader that does not read cannot stop the server: what does not fit into the pipe waits in
/// memory, and where that is full too, lines are dropped and counted.
///
/// - Complexity: no allocation once the buffer has grown; one write(2) for each ``flush()``
public final class DescriptorLog: LogOutput {
  private var descriptor: CInt
  private let path: String?
  /// Writing to a file never waits for a reader.
  private var mayBlock: Bool
  /// RWF_NOWAIT works for the descriptor; a terminal does not know it.
  private var canAskKernel = true
  private var buffer = ByteBuffer(capacity: 8192)
  private var dropped = 0
  /// With the host behind it.
  private var stamp: LogStamp
  private let process: ByteBuffer

  /// - Unit: bytes that may wait for a slow reader
  private static let limit = 1 << 20

  /// Writes to an open descriptor.
  ///
  /// - Parameter hostName: value of myhostname; its first label is shown
  public init(descriptor: CInt, hostName: String) {
    self.descriptor = descriptor
    path = nil
    mayBlock = !DescriptorLog.isFile(descriptor)
    stamp = LogStamp(suffix: Bytes(hostName).prefix { $0 != 0x2E } + [0x20])
    process = LogStamp.process
  }

  /// Appends to a file.
  ///
  /// - Throws: ``SystemError`` where it cannot be opened; the caller stops.
  public init(path: String, hostName: String) throws(SystemError) {
    self.path = path
    descriptor = try DescriptorLog.open(path)
    mayBlock = !DescriptorLog.isFile(descriptor)
    stamp = LogStamp(suffix: Bytes(hostName).prefix { $0 != 0x2E } + [0x20])
    process = LogStamp.process
  }

  deinit {
    if path != nil { close(descriptor) }
  }

  public func write(_ line: Span<UInt8>, _ rest: Span<UInt8>, tag: Span<UInt8>) {
    guard buffer.count < DescriptorLog.limit else {
      dropped += 1
      return
    }
    stamp.update()
    buffer.append(stamp.text)
    buffer.append(tag)
    buffer.append(process)
    let start = buffer.count
    buffer.append(line)
    buffer.append(rest)
    let length = buffer.count - start
    if length > LogSeverity.lineLimit {
      let limit = buffer.withSpan(in: start..<buffer.count) { LogSeverity.limit(of: $0) }
      buffer.truncate(to: start + min(length, limit))
    }
    buffer.append(0x0A)
    if buffer.count > 32_768 { flush() }
  }

  public func flush() {
    if !buffer.isEmpty { writeOut() }
  }

  private func writeOut() {
    var written = 0
    while written < buffer.count {
      let count = buffer.withPointer(from: written) {
        mayBlock ? writeReady($0, $1) : smtpd_write(descriptor, $0, $1)
      }
      if count > 0 {
        written += count
      } else if errno != EINTR {
        // The reader is gone or the disk is full: nobody to tell.
        if errno != EAGAIN { written = buffer.count }
        break
      }
    }
    if written == buffer.count {
      if buffer.isLarger(than: 65_536) {
        buffer = ByteBuffer(capacity: 8192)
      } else {
        buffer.clear()
      }
      reportDropped()
    } else if written > 0 {
      buffer.removeFirst(written)
    }
  }

  public func reopen() {
    guard let path, let new = try? DescriptorLog.open(path) else { return }
    flush()
    close(descriptor)
    descriptor = new
    mayBlock = !DescriptorLog.isFile(new)
  }

  private func reportDropped() {
    guard dropped > 0 else { return }
    let line = Bytes("warning: log reader too slow: \(dropped) lines dropped")
    dropped = 0
    write(line.span, Bytes().span, tag: Bytes("postfix/smtpd").span)
  }

  /// Writes what can be written without waiting.
  ///
  /// - Returns: -1 with EAGAIN where that is nothing
  private func writeReady(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    if canAskKernel {
      let written = smtpd_write_ready(descriptor, bytes, count)
      if written >= 0 || errno != EOPNOTSUPP { return written }
      canAskKernel = false
    }
    // A pipe that is ready takes PIPE_BUF bytes without waiting (pipe(7)).
    guard isReady else {
      errno = EAGAIN
      return -1
    }
    return smtpd_write(descriptor, bytes, min(count, 4096))
  }

  private var isReady: Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&entry, 1, 0) > 0
  }

  private static func open(_ path: String) throws(SystemError) -> CInt {
    let descriptor = smtpd_open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .last("open", path) }
    return descriptor
  }

  private static func isFile(_ descriptor: CInt) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
