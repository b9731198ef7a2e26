import RestrictionDSL
import TestSupport

/// Random restriction lists and classes of every kind, mistakes included.
struct PolicyGenerator {
  private var random: SplitMix

  init(seed: UInt64) { random = SplitMix(seed: seed) }

  private static let words = [
    "permit", "reject", "defer", "defer_if_permit", "defer_if_reject", "permit_mynetworks",
    "permit_sasl_authenticated", "reject_non_fqdn_sender", "reject_non_fqdn_recipient",
    "reject_unknown_client_hostname", "reject_unauth_destination", "permit_auth_destination",
    "reject_unknown_sender_domain", "reject_unknown_helo_hostname", "permit_mx_backup",
    "check_client_access hash:c", "check_client_access static:DUNNO",
    "check_client_access static:OK", "check_client_access static:REJECT",
    "check_sender_access hash:s", "check_sender_access static:OK",
    "check_recipient_access hash:r", "check_recipient_access hash:s", "hash:bare",
    "reject_rbl_client list.example", "permit_dnswl_client allow.example",
    "check_policy_service inet:policy:1", "sleep 1", "no_such_restriction",
    "reject_unauth_pipelining", "reject_multi_recipient_bounce",
  ]

  /// Few words, so that tests repeat and both deferrals meet.
  private static let fewWords = [
    "defer_if_permit", "defer_if_reject", "permit_mynetworks", "permit_sasl_authenticated",
    "reject_non_fqdn_sender", "reject_unauth_destination", "check_client_access static:DUNNO",
    "check_recipient_access hash:r",
  ]
  private var usesFewWords = false

  /// Parameters of one service.
  mutating func policy() -> [String: String] {
    usesFewWords = random.chance(50)
    var values = ["smtpd_restriction_classes": "one two three"]
    values["one"] = list(count: 1...3, classes: [])
    values["two"] = list(count: 1...3, classes: ["one"])
    values["three"] = list(count: 1...4, classes: ["one", "two"])
    for stage in Stage.allCases {
      values[stage.parameterName] =
        random.chance(25) ? "" : list(count: 1...7, classes: ["one", "two", "three"])
    }
    values["smtpd_delay_reject"] = random.chance(70) ? "yes" : "no"
    values["smtpd_relay_before_recipient_restrictions"] = random.chance(50) ? "yes" : "no"
    values["mynetworks"] = random.chance(70) ? "127.0.0.0/8" : ""
    values["smtpd_sasl_auth_enable"] = random.chance(70) ? "yes" : "no"
    return values
  }

  private mutating func list(count: ClosedRange<Int>, classes: [String]) -> String {
    (0..<Int.random(in: count, using: &random)).map { _ in
      let warns = random.chance(15) ? "warn_if_reject " : ""
      let isClass = !classes.isEmpty && random.chance(20)
      return warns + (isClass ? random.pick(classes) : word())
    }.joined(separator: random.chance(50) ? ", " : " ")
  }

  /// What decides at once is rare, so that most lists get long.
  private mutating func word() -> String {
    if usesFewWords { return random.pick(PolicyGenerator.fewWords) }
    let decides = [
      "permit", "reject", "defer", "no_such_restriction", "check_client_access static:OK",
    ]
    let word = random.pick(PolicyGenerator.words)
    return decides.contains(word) ? random.pick(PolicyGenerator.words) : word
  }

  /// A world for the policy.
  mutating func world(for values: [String: String]) -> World {
    World(
      seed: random.next(), mynetworksIsEmpty: values["mynetworks"] == "",
      saslIsOff: values["smtpd_sasl_auth_enable"] == "no", knowsHelo: random.chance(80))
  }
}
