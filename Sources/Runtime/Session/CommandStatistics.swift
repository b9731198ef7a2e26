import RestrictionDSL

/// How often each command was used, for the `disconnect` line.
///
/// - Source: facts smtp-session.md §1 step 9
struct CommandStatistics: Sendable {
  private var total = InlineArray<16, UInt32>(repeating: 0)
  private var accepted = InlineArray<16, UInt32>(repeating: 0)

  mutating func count(_ verb: Verb) { total[Int(verb.rawValue)] &+= 1 }
  mutating func countAccepted(_ verb: Verb) { accepted[Int(verb.rawValue)] &+= 1 }

  /// ` ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`.
  var text: Bytes {
    var line = Bytes()
    line.reserveCapacity(96)
    var sum: UInt32 = 0
    var good: UInt32 = 0
    for verb in Verb.allCases {
      let index = Int(verb.rawValue)
      guard total[index] > 0 else { continue }
      sum &+= total[index]
      good &+= accepted[index]
      line.append(0x20)
      for byte in verb.name { line.append(byte.asciiLowercased) }
      CommandStatistics.append(accepted[index], of: total[index], to: &line)
    }
    line.append(contentsOf: " commands".utf8)
    if sum == 0 {
      line.append(contentsOf: "=0/0".utf8)
    } else {
      CommandStatistics.append(good, of: sum, to: &line)
    }
    return line
  }

  private static func append(_ good: UInt32, of all: UInt32, to line: inout Bytes) {
    line.append(0x3D)
    append(good, to: &line)
    guard good != all else { return }
    line.append(0x2F)
    append(all, to: &line)
  }

  private static func append(_ number: UInt32, to line: inout Bytes) {
    if number > 9 { append(number / 10, to: &line) }
    line.append(UInt8(48 + number % 10))
  }
}
