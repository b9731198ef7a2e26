import Compiler
import RestrictionDSL
import TestSupport

/// What a test of the pure evaluator says.
enum TestAnswer: Hashable {
  /// `line`: something is logged although evaluation goes on.
  case dunno(line: String?)
  case permit
  case reject
  case deferIfPermit, deferIfReject
  /// Permit, and every later list of the transaction ends at once.
  case discard
  /// A reject that warn_if_reject does not turn into a warning.
  case misconfigured
}

/// Facts as a pure function: a test, the recipient and, for volatile tests, how often it was asked.
struct World {
  let seed: UInt64
  /// `permit_mynetworks` matches nobody; the settings of the policy say so.
  let mynetworksIsEmpty: Bool
  let saslIsOff: Bool
  let knowsHelo: Bool

  /// - Parameter test: canonical name and argument, as ``Operation/mnemonic`` has them.
  func answer(to test: String, recipient: Int, serial: Int) -> TestAnswer {
    if test.hasPrefix("misconfigured") { return .misconfigured }
    if test.hasPrefix("warning ") { return .dunno(line: test) }
    switch test {
    case "permit": return .permit
    case "reject", "defer": return .reject
    case "defer_if_permit": return .deferIfPermit
    case "defer_if_reject": return .deferIfReject
    case "permit_mynetworks" where mynetworksIsEmpty: return .dunno(line: nil)
    case "permit_sasl_authenticated" where saslIsOff: return .dunno(line: nil)
    default: break
    }
    if test.hasPrefix("sleep ") { return .dunno(line: nil) }
    if let answer = constant(test) { return answer }
    var random = generator(test, recipient, serial)
    return random.pick(possible(test))
  }

  /// Tables whose answer stands in their name.
  private func constant(_ test: String) -> TestAnswer? {
    if test.hasSuffix(" static:DUNNO") { return .dunno(line: nil) }
    if test.hasSuffix(" static:OK") { return .permit }
    if test.hasSuffix(" static:REJECT") { return .reject }
    return nil
  }

  private func possible(_ test: String) -> [TestAnswer] {
    let nothing = TestAnswer.dunno(line: nil)
    if test.hasPrefix("check_policy_service") || test.contains("_access ") {
      return [
        nothing, nothing, .dunno(line: "warn"), .permit, .reject, .deferIfPermit, .deferIfReject,
        .discard,
      ]
    }
    if test.hasPrefix("check_relay_domains") { return [nothing, .permit, .reject] }
    if test == "permit_mx_backup" || test.hasPrefix("permit_dnswl") {
      return [nothing, .permit, .deferIfReject]
    }
    if test.hasPrefix("permit_") { return [nothing, nothing, .permit] }
    if test.hasPrefix("reject_unknown_sender_domain") || test.hasPrefix("reject_unknown_helo") {
      return [nothing, nothing, .reject, .deferIfPermit]
    }
    return [nothing, nothing, .reject]
  }

  private func generator(_ test: String, _ recipient: Int, _ serial: Int) -> SplitMix {
    let words = ["recipient", "destination", "backup", "policy", "relay_domains", "dnswl"]
    let about = words.contains { test.contains($0) } ? recipient : 0
    var hash: UInt64 = seed
    for byte in "\(test)/\(about)/\(serial)".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    var random = SplitMix(seed: hash)
    _ = random.next()
    return random
  }
}
