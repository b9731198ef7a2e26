import Compiler
import RestrictionDSL

/// How the two decisions about one command compare.
enum ShadowFinding: String, CaseIterable {
  case equal
  /// The shadow accepts what is refused.
  case wider = "WIDER"
  /// The shadow refuses what is accepted.
  case narrower = "NARROWER"
  /// Both accept, and something else happens to the message.
  case effect = "EFFECT"
  /// Both refuse, in other words.
  case text = "TEXT"
  /// The shadow's decision depends on something that is not asked for a comparison.
  case notCompared
}

/// Counts comparisons, and says which of them are logged.
struct ShadowTally {
  private var counts: [Entry: [ShadowFinding: Int]] = [:]
  private var tokens = ShadowTally.burst
  private var refilled: UInt64 = 0
  /// Differences since the last line that were not logged.
  private(set) var unlogged = 0

  /// Lines that may be logged at once, and in each second after.
  private static let burst = 20
  private static let perSecond: UInt64 = 5

  mutating func count(_ finding: ShadowFinding, at entry: Entry) {
    counts[entry, default: [:]][finding, default: 0] += 1
  }

  /// Whether the next line may be logged; it is counted otherwise.
  ///
  /// - Parameter now: in milliseconds
  mutating func admitsLine(now: UInt64) -> Bool {
    let fresh = (now - min(now, refilled)) * ShadowTally.perSecond / 1000
    if fresh > 0 {
      tokens = Int(min(UInt64(ShadowTally.burst), UInt64(tokens) + fresh))
      refilled = now
    }
    guard tokens > 0 else {
      unlogged += 1
      return false
    }
    tokens -= 1
    return true
  }

  /// The number of unlogged differences, once.
  mutating func takeUnlogged() -> Int {
    defer { unlogged = 0 }
    return unlogged
  }

  /// One line for each command that was decided.
  var summary: [String] {
    let lines = Entry.allCases.compactMap { entry -> String? in
      guard let found = counts[entry] else { return nil }
      let compared = found.reduce(0) { $0 + ($1.key == .notCompared ? 0 : $1.value) }
      let kinds = ShadowFinding.allCases.map { finding in
        let count = found[finding, default: 0]
        return finding == .notCompared ? "\(count) not compared" : "\(count) \(finding.rawValue)"
      }
      return "\(entry.word) \(compared) compared: \(kinds.joined(separator: ", "))"
    }
    return lines.isEmpty ? ["nothing was decided"] : lines
  }

  /// Starts to count from nothing.
  mutating func reset() {
    counts = [:]
    unlogged = 0
  }
}

extension Entry {
  /// The command as logs show it.
  var word: String {
    switch self {
    case .connect: "CONNECT"
    case .helo: "HELO"
    case .mail: "MAIL"
    case .rcpt: "RCPT"
    case .vrfy: "VRFY"
    case .etrn: "ETRN"
    case .data: "DATA"
    case .endOfData: "END-OF-MESSAGE"
    }
  }
}
