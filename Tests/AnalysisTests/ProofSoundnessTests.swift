import Foundation
import PolicySamples
import TestSupport
import Testing

/// Proofs under attack: what is proved must hold for sessions that know nothing of classes.
///
/// `make prove-attack` plays 10,000 policies with 1,000 sessions each.
@Suite struct `Proofs` {
  static let configurations =
    Int(ProcessInfo.processInfo.environment["ANALYSIS_CONFIGURATIONS"] ?? "") ?? 250
  static let sessions = Int(ProcessInfo.processInfo.environment["ANALYSIS_SESSIONS"] ?? "") ?? 60

  @Test func `of no-open-relay withstand random and guided sessions`() throws {
    let seed = SplitMix.propertySeed
    print("seed \(seed)")
    var attack = ProofAttack()
    for number in 0..<Self.configurations {
      try attack.run(
        seed: seed, number: number, random: Self.sessions / 2, guided: Self.sessions / 2)
    }
    print("no-open-relay: \(attack.counts), \(attack.played) sessions played against proofs")
    #expect(attack.failures.isEmpty, "\(attack.failures.joined(separator: "\n"))")
    #expect(attack.counts[.proved, default: 0] > Self.configurations / 10)
    // Few policies of those with which a server starts relay: about one in forty.
    #expect(attack.counts[.refuted, default: 0] > 0)
  }
}
