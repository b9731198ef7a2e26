import RestrictionDSL

/// What has gone wrong with a message so far.
///
/// The first explanation of a kind stays.
///
/// - Source: facts postfix-ipc.md §3.6
struct MessageStatus {
  private var failures: [MessageFailure] = []
  /// The message is accepted and thrown away.
  private(set) var isDiscarded = false
  /// Whether more content is worth storing.
  private(set) var isOK = true

  /// Nothing has gone wrong.
  mutating func clear() {
    if isOK { return }
    self = MessageStatus()
  }

  mutating func fail(_ failure: MessageFailure) {
    failures.append(failure)
    isOK = false
  }

  mutating func discard() {
    isDiscarded = true
    isOK = false
  }

  /// The failure that the client is told: deferral, protocol, size, hops, content, disk.
  var failure: MessageFailure? {
    if failures.isEmpty { return nil }
    return failures.enumerated().min { left, right in
      let (a, b) = (MessageStatus.rank(left.element), MessageStatus.rank(right.element))
      return a != b ? a < b : left.offset < right.offset
    }?.element
  }

  private static func rank(_ failure: MessageFailure) -> Int {
    switch failure {
    case .reply: 0
    case .deferred: 1
    case .internalError: 2
    case .tooBig: 3
    case .tooManyHops: 4
    case .content: 5
    case .writeError: 6
    }
  }
}
