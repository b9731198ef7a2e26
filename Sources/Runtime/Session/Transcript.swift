import RestrictionDSL

/// The recent dialogue, kept for postmaster notices.
///
/// One buffer, so that an idle session costs little more than its text.
struct Transcript {
  private(set) var text = Bytes()
  private(set) var lineCount = 0

  /// A command line.
  mutating func received(_ line: Bytes) { add("In:  ", line[...]) }

  /// One line of a reply.
  mutating func sent(_ line: ArraySlice<UInt8>) { add("Out: ", line) }

  mutating func clear() {
    text = []
    lineCount = 0
  }

  /// The lines in order.
  var lines: [Bytes] { text.split(separator: 0x0A).map { Bytes($0) } }

  private mutating func add(_ mark: String, _ line: ArraySlice<UInt8>) {
    text.append(contentsOf: mark.utf8)
    // A line of the transcript never holds the separator.
    for byte in line { text.append(byte == 0x0A ? 0x3F : byte) }
    text.append(0x0A)
    lineCount += 1
  }
}

/// Kinds of errors seen in a session.
struct ErrorMask: Hashable {
  private var bits: UInt8 = 0

  mutating func insert(_ kind: ErrorClass) { bits |= 1 << kind.rawValue }
  func contains(_ kind: ErrorClass) -> Bool { bits >> kind.rawValue & 1 == 1 }
  func intersects(_ kinds: Set<ErrorClass>) -> Bool { kinds.contains(where: contains) }
}
