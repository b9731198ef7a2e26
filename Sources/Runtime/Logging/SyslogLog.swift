import CSystem
import Glibc
import RestrictionDSL

/// Hands lines to the log daemon of the machine, as syslog(3) does.
///
/// The C library takes six thousand instructions for a line, a third of what a message costs: where its
/// socket takes datagrams, as that of every usual log daemon does, they are sent from here. All else is
/// left to syslog(3), which also knows what to do without a daemon. openlog(3) keeps the pointer to the
/// identity it was given, so this class owns that text for as long as the process logs; there is one in
/// a process.
///
/// A daemon that does not read cannot stop the server: lines wait in memory, and where that is full,
/// they are dropped and counted.
public final class SyslogLog: LogOutput {
  private enum Outcome { case sent, later, refused }

  private var identity: [CChar] = []
  private let facility: CInt
  private let path: String
  private let process: ByteBuffer
  private var descriptor: CInt = -1
  /// When nobody took the connection.
  private var refusedSecond = -1
  private var stamp = LogStamp()
  /// The line being written, and what is sent of it.
  private var text = ByteBuffer(capacity: 256)
  private var datagram = ByteBuffer(capacity: 320)
  /// Datagrams that the daemon had no room for.
  private var waiting: [Bytes] = []
  private var waitingBytes = 0
  private var dropped = 0

  /// - Unit: bytes that may wait for a slow daemon
  private static let limit = 1 << 20

  /// - Parameter facility: value of syslog_facility; an unknown name means `mail`
  /// - Parameter path: socket of the log daemon
  public init(facility: String, path: String = "/dev/log") {
    self.facility = SyslogLog.facility(facility)
    self.path = path
    process = LogStamp.process
  }

  deinit { disconnect() }

  public func write(_ line: Span<UInt8>, _ rest: Span<UInt8>, tag: Span<UInt8>) {
    text.clear()
    append(line)
    append(rest)
    let (limit, level) = text.withSpan { (LogSeverity.limit(of: $0), LogSeverity.level(of: $0)) }
    text.truncate(to: min(text.count, limit))
    stamp.update()
    datagram.clear()
    datagram.append(0x3C)
    datagram.append(decimal: UInt64(facility | level))
    datagram.append(0x3E)
    datagram.append(stamp.text)
    datagram.append(tag)
    datagram.append(process)
    datagram.append(text)
    switch waiting.isEmpty ? datagram.withSpan({ send($0) }) : .later {
    case .sent: break
    case .later: wait()
    case .refused:
      text.append(0)
      open(tag)
      text.withPointer { bytes, _ in smtpd_syslog(level, bytes) }
    }
    if text.isLarger(than: 65_536) { text = ByteBuffer(capacity: 256) }
  }

  public func flush() {
    guard !waiting.isEmpty else { return }
    var done = 0
    sending: while done < waiting.count {
      let next = waiting[done]
      switch send(next.span) {
      case .sent: break
      case .later: break sending
      case .refused: dropped += 1
      }
      waitingBytes -= next.count
      done += 1
    }
    waiting.removeFirst(done)
    guard waiting.isEmpty, dropped > 0 else { return }
    let line = Bytes("warning: log reader too slow: \(dropped) lines dropped")
    dropped = 0
    write(line.span, Bytes().span, tag: Bytes("postfix/smtpd").span)
  }

  public func reopen() {}

  private func wait() {
    guard waitingBytes < SyslogLog.limit else {
      dropped += 1
      return
    }
    waiting.append(datagram.bytes)
    waitingBytes += datagram.count
  }

  // MARK: - The socket

  private func send(_ bytes: Span<UInt8>) -> Outcome {
    // A daemon that was started anew has another socket.
    for _ in 0..<2 {
      guard descriptor >= 0 || connect() else { return .refused }
      let count = bytes.withUnsafeBufferPointer {
        smtpd_send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
      }
      if count >= 0 { return .sent }
      if errno == EAGAIN || errno == ENOBUFS || errno == EINTR { return .later }
      disconnect()
    }
    return .refused
  }

  private func connect() -> Bool {
    guard refusedSecond != stamp.second, let address = SocketAddress(path: path) else {
      return false
    }
    let fd = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard fd >= 0, address.withPointer({ Glibc.connect(fd, $0, $1) }) == 0 else {
      if fd >= 0 { close(fd) }
      refusedSecond = stamp.second
      return false
    }
    descriptor = fd
    return true
  }

  private func disconnect() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  /// A NUL would end the line.
  private func append(_ part: Span<UInt8>) {
    if part.has(0) {
      for index in part.indices where part[index] != 0 { text.append(part[index]) }
    } else {
      text.append(part)
    }
  }

  private func open(_ tag: Span<UInt8>) {
    if tag.count + 1 == identity.count,
      tag.indices.allSatisfy({ CChar(bitPattern: tag[$0]) == identity[$0] })
    {
      return
    }
    closelog()
    identity = tag.indices.map { CChar(bitPattern: tag[$0]) } + [0]
    identity.withUnsafeBufferPointer { openlog($0.baseAddress, LOG_PID | LOG_NDELAY, facility) }
  }

  private static func facility(_ name: String) -> CInt {
    let facilities: [String: CInt] = [
      "auth": LOG_AUTH, "authpriv": LOG_AUTHPRIV, "cron": LOG_CRON, "daemon": LOG_DAEMON,
      "kern": LOG_KERN, "lpr": LOG_LPR, "mail": LOG_MAIL, "news": LOG_NEWS, "syslog": LOG_SYSLOG,
      "user": LOG_USER, "uucp": LOG_UUCP, "local0": LOG_LOCAL0, "local1": LOG_LOCAL1,
      "local2": LOG_LOCAL2, "local3": LOG_LOCAL3, "local4": LOG_LOCAL4, "local5": LOG_LOCAL5,
      "local6": LOG_LOCAL6, "local7": LOG_LOCAL7,
    ]
    return facilities[name.lowercased()] ?? LOG_MAIL
  }
}
