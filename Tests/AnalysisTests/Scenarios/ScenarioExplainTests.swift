import Foundation
import Testing

@testable import Analysis

/// `explain` against what Postfix 3.7.11 was recorded to say, and our daemon with it: all replies and
/// all log lines of all scenarios, byte for byte.
@Suite struct `Explained scenarios` {
  @Test func `have the recorded replies and log lines`() throws {
    var failures: [String] = []
    var left: [ScenarioExclusion: [String]] = [:]
    var (same, dialogues, lines) = (0, 0, 0)
    for file in try ScenarioFile.all() {
      let run = try #require(try ScenarioRun(file, .xclient), "\(file.name)")
      let recorded = ScenarioRun.recorded(file)
      let rows = ScenarioRun.difference(recorded, (run.dialogues, run.log))
      if rows.isEmpty {
        same += 1
        dialogues += run.dialogues.count
        lines += run.dialogues.reduce(run.log.count) { $0 + $1.count }
      } else if let reason = ScenarioExclusion.reason(for: file) {
        left[reason, default: []].append(file.name)
      } else {
        failures.append("\(file.name)\n  " + rows.joined(separator: "\n  "))
      }
    }
    print("explain: \(same) scenarios as recorded, \(dialogues) dialogues, \(lines) lines")
    for reason in ScenarioExclusion.allCases {
      let names = left[reason] ?? []
      print("explain: \(names.count) left out, \(reason.rawValue): \(names.joined(separator: " "))")
      #expect(names.count <= reason.limit, "\(reason.rawValue)")
    }
    #expect(failures.isEmpty, "\n\(failures.joined(separator: "\n"))")
    #expect(same >= 585)
  }

  /// The client as the options of the command name it, against the same client by XCLIENT.
  @Test func `say the same of a client that options name`() throws {
    var failures: [String] = []
    var count = 0
    for file in try ScenarioFile.all() where ScenarioExclusion.reason(for: file) == nil {
      guard let named = try ScenarioRun(file, .options) else { continue }
      count += 1
      let recorded = ScenarioRun.recorded(file)
      let rows = ScenarioRun.difference(
        (recorded.dialogues, recorded.log.filter(Self.isAboutCommands)),
        (named.dialogues, named.log.filter(Self.isAboutCommands)))
      if !rows.isEmpty { failures.append("\(file.name)\n  " + rows.joined(separator: "\n  ")) }
    }
    print("explain: \(count) scenarios with clients named by options")
    #expect(failures.isEmpty, "\n\(failures.joined(separator: "\n"))")
    #expect(count >= 489)
  }

  /// `--from-log` with all reject lines that were recorded.
  ///
  /// A line does not say all: the content, how much was announced, which recipients came before, a
  /// name that does not lead back, what XCLIENT had changed.
  @Test func `are found again from a line of the log`() throws {
    var (count, again) = (0, 0)
    var others: [String] = []
    for file in try ScenarioFile.all() where ScenarioExclusion.reason(for: file) == nil {
      let lines = Set(file.lines("log")).filter { $0.contains(": reject: ") }
      guard !lines.isEmpty else { continue }
      let stage = try ScenarioStage(file)
      for line in lines.sorted() {
        guard let conversation = LogLineReader.conversation(line) else { continue }
        count += 1
        let log = stage.explain(conversation).commands.flatMap(\.exchange.log)
        if log.contains(where: { Self.text($0) == Self.text(line) }) {
          again += 1
        } else {
          others.append("\(file.name): \(line)\n    \(log.filter { $0.contains("reject") })")
        }
      }
    }
    print("explain: \(again) of \(count) reject lines found again")
    let listing = others.joined(separator: "\n")
    #expect(again >= 560 && count - again <= 60, "\n\(listing)")
  }

  /// Behind the queue id.
  private static func text(_ line: String) -> String {
    String(line[(line.range(of: ": reject: ")?.lowerBound ?? line.startIndex)...])
      .replacingOccurrences(of: "]:40000", with: "]:PORT").replacingOccurrences(
        of: "\\\\", with: "\\")
  }

  /// XCLIENT is a command and counts as one, and with it no name is looked up.
  private static func isAboutCommands(_ line: String) -> Bool {
    !line.hasPrefix("connect from ") && !line.hasPrefix("disconnect from ")
      && !line.hasPrefix("warning: hostname ")
  }
}

extension ScenarioRun {
  typealias Heard = (dialogues: [[String]], log: [String])

  /// Lines that only one side has, in order; `-` is the first side.
  static func difference(_ old: Heard, _ new: Heard) -> [String] {
    var rows: [String] = []
    for (index, pair) in zip(old.dialogues, new.dialogues).enumerated() {
      rows += difference(pair.0, pair.1).map { "connection \(index + 1): \($0)" }
    }
    return rows + difference(old.log, new.log).map { "log: \($0)" }
  }

  private static func difference(_ old: [String], _ new: [String]) -> [String] {
    var rows: [(offset: Int, text: String)] = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, let line, _): rows.append((offset, "-" + line))
      case .insert(let offset, let line, _): rows.append((offset, "+" + line))
      }
    }
    return rows.sorted { $0.offset < $1.offset }.map(\.text)
  }
}
