import TestSupport
import Testing

/// The attack cases that are dialogues, each recorded with Postfix 3.7.11 and played in memory here; the
/// conformance tests play them against the daemon.
@Suite struct `Attack scenarios` {
  /// Cases of facts attack-and-fault-cases.md that must have a recording.
  static let cases = ["a1", "a3", "c1", "c2", "c3", "c4", "d1", "d4", "e1", "e2", "h1", "h4"]

  static func scenarios() throws -> [String] { try ScenarioPlayer.names(["attack"]) }

  /// What needs a socket.
  static let excluded = ["attack-a3": "the client leaves before its replies"]

  @Test(arguments: try `Attack scenarios`.scenarios().filter { excluded[$0] == nil })
  func `end as with Postfix`(scenario: String) throws {
    let differences = try ScenarioPlayer(scenario).play()
    #expect(differences.isEmpty, "\n\(differences.joined(separator: "\n"))")
  }

  @Test(arguments: cases) func `exist for every case`(name: String) throws {
    let found = try Self.scenarios().filter { $0.hasPrefix("attack-\(name)") }
    #expect(!found.isEmpty)
  }
}
