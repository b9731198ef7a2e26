import Foundation
import RestrictionDSL
import Runtime
import Testing

@testable import Analysis

/// `explain` against what Postfix 3.7.11 was recorded to say: replies to RCPT, and its log lines.
@Suite struct `Explained scenarios` {
  /// Fewer than these mean that the reader of scenarios has lost some.
  static let floor = 200

  /// What explain does not do, or this reader does not read.
  static let excluded: [String: String] = [
    "asked-size-negative-minfree": "free space of the queue's file system",
    "asked-table-socketmap-argument": "a table that another server answers, or cannot be asked",
    "command-syslog-name": "the name of the log is in front of the lines",
    "config-error-garbage-table": "a broken database file",
    "config-error-policy-unreachable": "a policy service that is not there",
    "restriction-separators": "continuation lines in main.cf",
  ]

  @Test func `have the recorded replies and log lines`() throws {
    var count = 0
    var differences: [String] = []
    for name in try Scenario.names() {
      let scenario = try Scenario(name)
      guard scenario.isExpressible, scenario.hasPlainZone, Self.excluded[name] == nil else {
        continue
      }
      for talk in scenario.talks {
        let directory = NSTemporaryDirectory() + "explain-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
          atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let rehearsal = Rehearsal(settings: try scenario.settings(in: directory))
        let assumptions = Assumptions(
          [], listDomains: rehearsal.listDomains, ask: { scenario.answer($0) })
        let explanation = Explanation(rehearsal, talk.conversation, assumptions)
        let seen = explanation.commands.filter { $0.exchange.command.hasPrefix("RCPT") }
        let replies = seen.map { $0.exchange.replies.map(Scenario.anonymous) }
        let log = seen.flatMap(\.exchange.log).map(Scenario.anonymous)
          .filter { $0.contains(": RCPT from ") }
        count += 1
        let expected = talk.replies.map { $0.map(Scenario.anonymous) }
        if replies != expected { differences.append("\(name): \(expected) but \(replies)") }
        if log != talk.log { differences.append("\(name) log: \(talk.log) but \(log)") }
      }
    }
    print("explain: \(count) recorded dialogues")
    #expect(differences.isEmpty, "\n\(differences.joined(separator: "\n"))")
    #expect(count >= Self.floor)
  }
}
