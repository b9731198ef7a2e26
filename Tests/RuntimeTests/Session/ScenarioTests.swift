import TestSupport
import Testing

/// The recorded dialogues of the session families, without sockets.
@Suite struct ScenarioTests {
  static let families = [
    "bdat", "command", "content", "dsn", "limit", "null-sender", "order", "pipelining", "rate",
    "size", "soft-bounce", "soft-reject", "stage", "syntax", "utf8", "xclient", "xforward", "xverp",
    "action", "client", "key-order", "relay", "reply-code", "restriction", "unlisted", "rbl", "dns",
    "session",
    "class",
  ]

  /// Scenarios that need what is not in memory, and why.
  static let excluded: [String: String] = [
    "command-syslog-name": "name of the log",
    "dns-sender-cname": "aliases are the DNS client's business",
    "dns-sender-mx-servfail-a": "failure of one record type",
    "rbl-dnswl-servfail": "failure below a reverse name",
    "rbl-servfail-only": "failure below a reverse name",
    "restriction-permit-mx-backup-networks": "failure of a host lookup",
    "restriction-reject-unknown-sender-domain": "aliases are the DNS client's business",
    "restriction-separators": "continuation lines in main.cf",
    "session-sizes": "the size of the queue file is limited behind the session",
    "size-many-hops": "hops are counted behind the session",
    "unlisted-override-bad": "stops before the first session",
    "xforward-ident-source": "a forwarded queue id looks like one of ours",
    "content-smuggle-lf": "the client leaves before its replies",
  ]

  static func scenarios() throws -> [String] {
    try playable(families)
  }

  /// The scenarios of some families that can be played.
  static func playable(_ families: [String]) throws -> [String] {
    try ScenarioPlayer.names(families).filter {
      try excluded[$0] == nil && ScenarioPlayer($0).isPlayable
    }
  }

  @Test(arguments: try ScenarioTests.scenarios())
  func `does what Postfix did`(scenario: String) throws {
    let differences = try ScenarioPlayer(scenario).play()
    #expect(differences.isEmpty, "\n\(differences.joined(separator: "\n"))")
  }

  /// Where the network cuts the stream must not matter.
  ///
  /// Families in which a client sends commands ahead are left out: there it does.
  @Test(
    arguments: try ScenarioTests.playable([
      "bdat", "content", "dsn", "limit", "null-sender", "order", "size", "syntax", "xforward",
    ]).filter { !ScenarioTests.sendsAhead.contains($0) })
  func `does the same for any chunks`(scenario: String) throws {
    var random = SplitMix(seed: 1)
    for largest in [1, 60] {
      let differences = try ScenarioPlayer(scenario).play {
        Int.random(in: 1...largest, using: &random)
      }
      #expect(
        differences.isEmpty, "chunks up to \(largest)\n\(differences.joined(separator: "\n"))")
    }
  }

  /// Scenarios of these families that depend on what is there at once.
  static let sendsAhead: Set<String> = [
    "content-smuggle-crlf-lf", "content-smuggle-lf-crlf-pipelining",
  ]
}
