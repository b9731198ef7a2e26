import Analysis
import RestrictionDSL
import Runtime

/// `prove no-open-relay` of generated policies under attack.
public struct ProofAttack {
  public private(set) var counts: [ProofResult.Status: Int] = [:]
  public private(set) var played = 0
  /// What was found wrong, with the policy.
  public private(set) var failures: [String] = []
  /// Told of every policy that is refuted.
  public var refuted: ((Int, [String: String], Witness) throws -> Void)?

  public init() {}

  /// - Parameter number: which of the policies of the seed.
  public mutating func run(
    seed: UInt64, number: Int, random: Int, guided: Int
  ) throws {
    var generator = ConfigurationGenerator(seed: seed &+ UInt64(number))
    let values = generator.next()
    let service = AnalysedConfiguration.Service(
      name: "smtp/inet", settings: .forTesting(values))
    let result = Prover(service, .noOpenRelay).run()
    counts[result.status, default: 0] += 1
    switch result.status {
    case .refuted:
      guard let witness = result.witness,
        witness.exchanges.last(where: { $0.command.hasPrefix("RCPT") })?.isAccepted == true
      else { return fail(seed, number, "refuted without a witness that is accepted", values) }
      try refuted?(number, values, witness)
    case .proved:
      var search = SessionSearch(values, seed: seed &+ UInt64(number) &* 7919)
      let found = search.counterexample(random: random, guided: guided)
      played += search.played
      if let found { fail(seed, number, "proved, but relays \(ProofAttack.text(found))", values) }
    case .undecided: break
    }
  }

  private mutating func fail(
    _ seed: UInt64, _ number: Int, _ reason: String, _ values: [String: String]
  ) {
    failures.append("seed \(seed) + \(number): \(reason)\n\(values)")
  }

  static func text(_ conversation: Conversation) -> String {
    "\(conversation.client) (\(conversation.clientName.map { "\($0)" } ?? "?")) HELO \(conversation.helo?.text ?? "-") "
      + "MAIL \(conversation.sender?.text ?? "-") "
      + "RCPT \(conversation.recipients.map(\.text).joined(separator: " "))"
  }
}
