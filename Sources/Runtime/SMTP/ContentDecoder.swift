import RestrictionDSL

/// Turns the lines of DATA or BDAT into the lines of the message: dots, mbox lines, the end.
///
/// - Source: facts smtp-session.md §6, postfix-ipc.md §3.5, proxies-and-extensions.md §12
struct ContentDecoder: Hashable, Sendable {
  /// What to do with one piece of input.
  enum Step: Hashable, Sendable {
    /// Write these bytes of the piece.
    case write(dropping: Int)
    /// An empty line keeps the first line apart from our headers; then write the piece.
    case writeAfterEmptyLine(dropping: Int)
    /// Write `X-Mailbox-Line: ` and the piece; not accounted.
    case writeMailboxLine
    /// A dot line that must not end the message is dropped.
    case skip
    /// The message is complete.
    case end
  }

  let mode: BareNewlineMode
  /// DATA: dots are special.
  ///
  /// BDAT: they are not.
  let hasDots: Bool
  private(set) var sawBareNewline = false
  private var isFirst = true
  private var continues = false
  private var followsCRLF = true

  init(mode: BareNewlineMode, hasDots: Bool) {
    self.mode = mode
    self.hasDots = hasDots
  }

  /// Decides about the next piece.
  mutating func next(_ content: Span<UInt8>, isComplete: Bool, isBare: Bool) -> Step {
    let startsLine = !continues
    let afterCRLF = followsCRLF
    continues = !isComplete
    if isComplete {
      followsCRLF = !isBare
      if isBare { sawBareNewline = true }
    }
    var needsEmptyLine = false
    if isFirst {
      if ContentDecoder.isMailboxLine(content) { return .writeMailboxLine }
      isFirst = false
      needsEmptyLine = content.count > 0 && (content[0] == 0x20 || content[0] == 0x09)
    }
    var dropped = 0
    if hasDots, startsLine, content.count > 0, content[0] == 0x2E {
      if content.count == 1 && isComplete {
        return mode == .allowed || (!isBare && afterCRLF) ? .end : .skip
      }
      dropped = 1
    }
    return needsEmptyLine ? .writeAfterEmptyLine(dropping: dropped) : .write(dropping: dropped)
  }

  /// Whether a line may begin here that is nothing special but for a dot in front.
  ///
  /// - Parameter text: what comes now
  func mayPassLines(of text: Span<UInt8>) -> Bool {
    if continues { return false }
    guard isFirst else { return true }
    guard text.count >= 5, text[0] != 0x20, text[0] != 0x09, text[0] != 0x3E else { return false }
    return !ContentDecoder.isMailboxLine(text)
  }

  /// A line begins here, behind CR LF, and a dot may end the content.
  var mayEnd: Bool { hasDots && !continues && followsCRLF }

  /// Lines that end in CR LF were taken beside.
  mutating func passLines() {
    isFirst = false
    followsCRLF = true
  }

  /// `From ` behind any number of `>`.
  private static func isMailboxLine(_ content: Span<UInt8>) -> Bool {
    var index = 0
    while index < content.count && content[index] == 0x3E { index += 1 }
    guard content.count - index >= 5 else { return false }
    return content[index] == 0x46 && content[index + 1] == 0x72 && content[index + 2] == 0x6F
      && content[index + 3] == 0x6D && content[index + 4] == 0x20
  }
}

extension Span<UInt8> {
  /// Whether it begins with a dot and CR LF.
  var isEndOfData: Bool { count >= 3 && self[0] == 0x2E && self[1] == 0x0D && self[2] == 0x0A }
}
