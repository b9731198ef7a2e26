import CSystem
import Glibc
import RestrictionDSL

/// Hands lines to syslog(3).
///
/// openlog(3) keeps the pointer to the identity it was given, so this class owns that text for as
/// long as the process logs; there is one in a process.
public final class SyslogLog: LogOutput {
  private var identity: [CChar] = []
  /// The line being written.
  private var text = ByteBuffer(capacity: 256)
  private let facility: CInt

  /// - Parameter facility: value of syslog_facility; an unknown name means `mail`
  public init(facility: String) { self.facility = SyslogLog.facility(facility) }

  public func write(_ line: Span<UInt8>, _ rest: Span<UInt8>, tag: Span<UInt8>) {
    text.clear()
    append(line)
    append(rest)
    let (limit, level) = text.withSpan { (LogSeverity.limit(of: $0), LogSeverity.level(of: $0)) }
    text.truncate(to: min(text.count, limit))
    text.append(0)
    open(tag)
    text.withPointer { bytes, _ in smtpd_syslog(level, bytes) }
    if text.isLarger(than: 65_536) { text = ByteBuffer(capacity: 256) }
  }

  /// A NUL would end the line.
  private func append(_ part: Span<UInt8>) {
    if part.has(0) {
      for index in part.indices where part[index] != 0 { text.append(part[index]) }
    } else {
      text.append(part)
    }
  }

  public func flush() {}

  public func reopen() {}

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
