import Glibc
import RestrictionDSL

/// The severity that a line begins with.
enum LogSeverity {
  private static let severities: [(prefix: Bytes, level: CInt)] = [
    (Bytes("warning: "), LOG_WARNING), (Bytes("error: "), LOG_ERR), (Bytes("fatal: "), LOG_CRIT),
    (Bytes("panic: "), LOG_CRIT),
  ]

  /// The syslog(3) level.
  static func level(of line: Span<UInt8>) -> CInt { severity(of: line)?.level ?? LOG_INFO }

  /// Longest line that is logged: 2000 bytes of text behind the severity.
  ///
  /// - Source: observed with Postfix 3.7.11
  static func limit(of line: Span<UInt8>) -> Int {
    lineLimit + (severity(of: line)?.prefix.count ?? 0)
  }

  /// A line of so many bytes is whole, whatever it begins with.
  static let lineLimit = 2000

  private static func severity(of line: Span<UInt8>) -> (prefix: Bytes, level: CInt)? {
    severities.first { prefix, _ in
      guard line.count >= prefix.count else { return false }
      return prefix.indices.allSatisfy { prefix[$0] == line[$0] }
    }
  }
}
