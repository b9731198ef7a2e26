import RestrictionDSL

/// A policy reply while it arrives: `name=value` lines that end with an empty line.
///
/// - Source: facts postfix-ipc.md §2.2, §2.4; wording observed
struct PolicyReply {
  enum State: Hashable {
    /// More must come. `context` is what is being read, for log lines; `nil` before the first byte.
    case incomplete(context: String?)
    /// `action` is `nil` where the reply has none; `length` bytes belong to the reply.
    case complete(action: Bytes?, length: Int)
    /// More than a reply may have.
    case tooLong
  }

  /// Longest reply that is read.
  static let limit = 131_072

  static func state(of input: Bytes) -> State {
    var action: Bytes?
    var start = 0
    while let end = input[start...].firstIndex(of: 0x0A) {
      guard end < limit else { return .tooLong }
      let line = input[start..<end]
      if line.isEmpty { return .complete(action: action, length: end + 1) }
      // The first one counts; lines without `=` and other attributes are passed over.
      if action == nil, line.starts(with: Array("action=".utf8)) {
        action = Bytes(line.dropFirst(7))
      }
      start = end + 1
    }
    guard input.count <= limit else { return .tooLong }
    guard !input.isEmpty else { return .incomplete(context: nil) }
    return .incomplete(
      context: input[start...].contains(0x3D) ? "input attribute value" : "input attribute name")
  }
}
