import Foundation
import RestrictionDSL
import Runtime
import TestSupport
import Testing

@testable import Analysis

/// Proofs under attack: what is proved must hold for sessions that know nothing of classes.
@Suite struct `Proofs` {
  static let configurations =
    Int(ProcessInfo.processInfo.environment["ANALYSIS_CONFIGURATIONS"] ?? "") ?? 250
  static let sessions = Int(ProcessInfo.processInfo.environment["ANALYSIS_SESSIONS"] ?? "") ?? 60

  @Test func `of no-open-relay withstand random and guided sessions`() throws {
    let seed = SplitMix.propertySeed
    print("seed \(seed)")
    var counts: [ProofResult.Status: Int] = [:]
    var played = 0
    for number in 0..<Self.configurations {
      var generator = ConfigurationGenerator(seed: seed &+ UInt64(number))
      let values = generator.next()
      let settings = Settings.forTesting(values)
      let service = AnalysedConfiguration.Service(name: "smtp/inet", settings: settings)
      let result = Prover(service, .noOpenRelay).run()
      counts[result.status, default: 0] += 1
      if let witness = result.witness {
        let rcpt = try #require(witness.exchanges.last { $0.command.hasPrefix("RCPT") })
        #expect(rcpt.isAccepted, "seed \(seed) + \(number)")
      }
      guard result.status == .proved else { continue }
      let rehearsal = Rehearsal(settings: settings)
      var sampler = SessionSampler(seed: seed &+ UInt64(number) &* 7919)
      for _ in 0..<Self.sessions {
        let (conversation, isForeign, isTrusted) = sampler.conversation()
        guard isForeign, !isTrusted else { continue }
        played += 1
        let exchanges = rehearsal.play(conversation) { sampler.answer($0) }
        let effects = rehearsal.trace.runs.flatMap { $0.steps.flatMap(\.effects) }
        let isElsewhere = effects.contains { effect in
          if case .redirect = effect { return true }
          return effect == .discard
        }
        let isRelayed =
          exchanges.last { $0.command.hasPrefix("RCPT") }?.isAccepted == true
          && exchanges.last?.command == "." && exchanges.last?.isAccepted == true && !isElsewhere
        #expect(
          !isRelayed,
          "seed \(seed) + \(number): \(conversation.client) \(conversation.sender?.text ?? "") \(conversation.recipients.map(\.text))\n\(values)"
        )
        if isRelayed { return }
      }
    }
    print("no-open-relay: \(counts), \(played) sessions played against proofs")
    #expect(counts[.proved, default: 0] > Self.configurations / 10)
    #expect(counts[.refuted, default: 0] > Self.configurations / 20)
  }
}
