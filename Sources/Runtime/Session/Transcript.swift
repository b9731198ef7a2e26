import RestrictionDSL

/// The recent dialogue, kept for postmaster notices.
///
/// One buffer, so that an idle session costs little more than its text; the EHLO reply, which is
/// most of it and the same for all clients, is not copied.
struct Transcript {
  private var text = Bytes()
  private var shared = Bytes()
  private(set) var lineCount = 0

  /// Stands for ``shared``; no line of the dialogue is just this.
  private static let sharedMark: UInt8 = 1

  /// A command line, up to its first NUL.
  mutating func received(_ line: Bytes) {
    let end = ByteScan.firstIndex(of: 0, in: line, range: line.indices) ?? line.count
    add("In:  ", line[..<end])
  }

  /// A reply, its lines joined with CR LF.
  ///
  /// - Parameter isShared: the same bytes go to many clients.
  mutating func sent(_ reply: Bytes, isShared: Bool = false) {
    if isShared && (shared.isEmpty || shared == reply) {
      shared = reply
      text.append(contentsOf: [Transcript.sharedMark, 0x0A])
      lineCount += 1
      for byte in reply where byte == 0x0A { lineCount += 1 }
      return
    }
    var start = 0
    while let end = ByteScan.firstIndex(of: 0x0A, in: reply, range: start..<reply.count) {
      add("Out: ", reply[start..<(end > start && reply[end - 1] == 0x0D ? end - 1 : end)])
      start = end + 1
    }
    let end = reply.count
    add("Out: ", reply[start..<(end > start && reply[end - 1] == 0x0D ? end - 1 : end)])
  }

  /// Bytes that are reserved.
  var capacity: Int { text.capacity }

  mutating func clear() { self = Transcript() }

  /// The lines in order.
  var lines: [Bytes] {
    text.split(separator: 0x0A).flatMap { line in
      guard line.elementsEqual([Transcript.sharedMark]) else { return [Bytes(line)] }
      return Transcript.lines(of: shared).map { Bytes("Out: ") + $0 }
    }
  }

  private mutating func add(_ mark: StaticString, _ line: ArraySlice<UInt8>) {
    text.append(mark)
    var start = text.count
    text.append(contentsOf: line)
    // A line of the transcript never holds the separator.
    while let end = ByteScan.firstIndex(of: 0x0A, in: text, range: start..<text.count) {
      text[end] = 0x3F
      start = end + 1
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
