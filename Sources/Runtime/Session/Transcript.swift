import RestrictionDSL

/// The recent dialogue, kept for postmaster notices.
///
/// One buffer, so that an idle session costs little more than its text; the EHLO reply, which is
/// most of it and the same for all clients, is not copied.
struct Transcript: ~Copyable {
  private var text = ByteBuffer(capacity: 32)
  private var shared = Bytes()
  private var sharedLines = 0
  private(set) var lineCount = 0

  /// What a line begins with.
  private enum Mark {
    /// The line stands for ``shared``.
    static let shared: UInt8 = 1
    static let received: UInt8 = 2
    static let sent: UInt8 = 3
  }

  /// A command line, up to its first NUL.
  mutating func received(_ line: Bytes) {
    let line = line.span
    add(Mark.received, line.extracting(0..<(line.firstIndex(of: 0, from: 0) ?? line.count)))
  }

  /// A reply, its lines joined with CR LF.
  ///
  /// - Parameter isShared: the same bytes go to many clients.
  mutating func sent(_ reply: Bytes, isShared: Bool = false) {
    if isShared && (shared.isEmpty || shared == reply) {
      if shared.isEmpty {
        shared = reply
        sharedLines = 1 + reply.count { $0 == 0x0A }
      }
      text.append(Mark.shared)
      text.append(0x0A)
      lineCount += sharedLines
      return
    }
    let reply = reply.span
    var start = 0
    while let end = reply.firstIndex(of: 0x0A, from: start) {
      add(
        Mark.sent, reply.extracting(start..<(end > start && reply[end - 1] == 0x0D ? end - 1 : end))
      )
      start = end + 1
    }
    add(Mark.sent, reply.extracting(start..<reply.count))
  }

  /// Bytes that are reserved.
  var capacity: Int { text.reserved }

  mutating func clear() { self = Transcript() }

  /// The lines in order.
  var lines: [Bytes] {
    text.bytes.split(separator: 0x0A).flatMap { line in
      switch line.first {
      case Mark.received: [Bytes("In:  ") + line.dropFirst()]
      case Mark.sent: [Bytes("Out: ") + line.dropFirst()]
      default: Transcript.lines(of: shared).map { Bytes("Out: ") + $0 }
      }
    }
  }

  private mutating func add(_ mark: UInt8, _ line: Span<UInt8>) {
    text.append(mark)
    // A line of the transcript never holds the separator.
    if line.has(0x0A) {
      for index in line.indices { text.append(line[index] == 0x0A ? 0x3F : line[index]) }
    } else {
      text.append(line)
    }
    text.append(0x0A)
    lineCount += 1
  }

  private static func lines(of reply: Bytes) -> [ArraySlice<UInt8>] {
    reply.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      line.last == 0x0D ? line.dropLast() : line
    }
  }
}

/// Kinds of errors seen in a session.
struct ErrorMask: Hashable {
  private var bits: UInt8 = 0

  mutating func insert(_ kind: ErrorClass) { bits |= 1 << kind.rawValue }
  func contains(_ kind: ErrorClass) -> Bool { bits >> kind.rawValue & 1 == 1 }
  func intersects(_ kinds: Set<ErrorClass>) -> Bool { kinds.contains(where: contains) }
}
