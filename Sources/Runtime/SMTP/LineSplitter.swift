import RestrictionDSL

/// What a bare LF means.
///
/// - Source: postconf(5) smtpd_forbid_bare_newline; facts proxies-and-extensions.md §12
public enum BareNewlineMode: UInt8, Hashable, Sendable {
  /// Ends a line and may end the message; all CRs before LF belong to the line end.
  case allowed
  /// Ends a line; only CR LF . CR LF ends the message.
  case normalized
  /// As normalized, and the command or message is refused.
  case rejected

  /// - Parameter text: value of smtpd_forbid_bare_newline; an unknown word is `nil`.
  public init?(_ text: String) {
    switch text.lowercased() {
    case "no": self = .allowed
    case "yes", "normalize": self = .normalized
    case "reject": self = .rejected
    default: return nil
    }
  }
}

/// Splits input into lines of at most line_length_limit bytes.
///
/// - Source: facts smtp-session.md §6, postfix-ipc.md §3.5; the limit counts the LF, but a CR at the
///   limit takes its LF with it (observed with lines of 2047 and 2048 bytes)
enum LineSplitter {
  /// One line, or a piece of a line that is too long.
  struct Piece: Hashable {
    /// Bytes without the line end.
    var content: Range<Int>
    /// First byte after the line end.
    var next: Int
    /// The line ends here.
    var isComplete: Bool
    /// The line ends in LF without CR.
    var isBare: Bool
  }

  /// The first piece of `range`.
  ///
  /// - Parameters:
  ///   - scanned: bytes after the start that are known to have no LF; updated when nothing is found.
  ///   - isLast: nothing can follow, a missing line end is supplied.
  /// - Returns: `nil` where more input is needed.
  /// - Complexity: linear in the bytes not scanned before; no allocation.
  static func piece(
    of bytes: Span<UInt8>, in range: Range<Int>, limit: Int, mode: BareNewlineMode,
    scanned: inout Int,
    isLast: Bool = false
  ) -> Piece? {
    let start = range.lowerBound
    // One byte more than the limit: the LF that belongs to a CR at the limit.
    let window = start..<min(range.upperBound, start + limit + 1)
    let from = min(start + scanned, window.upperBound)
    if let found = bytes.extracting(from..<window.upperBound).firstIndex(of: 0x0A, from: 0) {
      let end = from + found
      if end - start < limit || (end > start && bytes[end - 1] == 0x0D) {
        scanned = 0
        return line(of: bytes, start: start, end: end, mode: mode)
      }
    } else if window.count <= limit {
      guard isLast, !window.isEmpty else {
        scanned = window.count
        return nil
      }
      scanned = 0
      return Piece(
        content: window, next: window.upperBound, isComplete: true, isBare: false)
    }
    scanned = 0
    return Piece(
      content: start..<start + limit, next: start + limit, isComplete: false, isBare: false)
  }

  private static func line(
    of bytes: Span<UInt8>, start: Int, end: Int, mode: BareNewlineMode
  ) -> Piece {
    var last = end
    if last > start && bytes[last - 1] == 0x0D {
      last -= 1
      if mode == .allowed { while last > start && bytes[last - 1] == 0x0D { last -= 1 } }
    }
    return Piece(content: start..<last, next: end + 1, isComplete: true, isBare: last == end)
  }
}
