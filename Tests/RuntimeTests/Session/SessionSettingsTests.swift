import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct SessionSettingsTests {
  /// Observed with Postfix 3.7.11, and facts smtp-session.md §10.
  @Test(
    arguments: [
      ([:], []),
      (
        ["queue_minfree": "1000"],
        ["warning: queue_minfree(1000) should be at least 1.5*message_size_limit(10240000)"]
      ),
      (["queue_minfree": "15360000"], []),
    ] as [([String: String], [String])])
  func `says what is wrong`(values: [String: String], expected: [String]) {
    #expect(SessionSettings.findings(Settings.forTesting(values)) == expected)
  }

  /// postconf(5): values that depend on `stress`.
  @Test func `is stricter under stress`() {
    let calm = SessionSettings(Settings.forTesting())
    let stressed = SessionSettings(Settings.forTesting(["stress": "yes"]))
    #expect(
      [calm.timeLimit, UInt64(calm.hardErrorLimit), UInt64(calm.junkLimit)] == [300_000, 20, 100])
    #expect(
      [stressed.timeLimit, UInt64(stressed.hardErrorLimit), UInt64(stressed.junkLimit)]
        == [10_000, 1, 1])
    #expect(!calm.hasRequestDeadline)
    #expect(stressed.hasRequestDeadline)
  }
}
