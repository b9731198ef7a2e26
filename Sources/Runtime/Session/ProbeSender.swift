import RestrictionDSL

/// The sender address of address verification probes, which comes back as a recipient.
///
/// With address_verify_sender_ttl the local part ends in the number of the current interval.
///
/// - Source: postconf(5) address_verify_sender, address_verify_sender_ttl; facts restrictions.md §1
public struct ProbeSender: Hashable, Sendable {
  /// Time-independent form; empty for the null sender, which is never recognised.
  public let address: Bytes
  private let interval: Int

  init(address: Bytes, origin: Bytes, interval: Int) {
    if address.isEmpty || address == Bytes("<>") {
      self.address = []
    } else if address.contains(0x40) || origin.isEmpty {
      self.address = address
    } else {
      self.address = address + Bytes("@") + origin
    }
    self.interval = interval
  }

  /// Whether an address is a probe sender, of the previous, the current or the next interval.
  func matches(_ candidate: Bytes, seconds: Int64) -> Bool {
    guard !address.isEmpty else { return false }
    if interval <= 0 { return candidate.equalsIgnoringCase(address) }
    let now = seconds / Int64(interval)
    return (now - 1...now + 1).contains { slot in
      candidate.equalsIgnoringCase(timed(slot))
    }
  }

  private func timed(_ slot: Int64) -> Bytes {
    let at = address.lastIndex(of: 0x40) ?? address.endIndex
    return Bytes(address[..<at]) + ProbeSender.digits(slot) + Bytes(address[at...])
  }

  /// Base 31 with digits that form no words.
  private static func digits(_ number: Int64) -> Bytes {
    let alphabet = Bytes("0123456789BCDFGHJKLMNPQRSTVWXYZ")
    var rest = max(0, number)
    var text = Bytes()
    repeat {
      text.append(alphabet[Int(rest % 31)])
      rest /= 31
    } while rest > 0
    return text.reversed()
  }
}
