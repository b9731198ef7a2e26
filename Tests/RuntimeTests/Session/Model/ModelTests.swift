import Foundation
import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

/// Random sequences of commands in random pieces, with faults injected, against ``SessionModel``.
///
/// The seed is printed; `SEED=n` repeats a run, `MODEL_SEQUENCES=n` changes the number (100,000 in all).
@Suite struct `Sessions and their model` {
  private static let environment = ProcessInfo.processInfo.environment
  static let seed = environment["SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0..<1 << 32)
  static let sequences = environment["MODEL_SEQUENCES"].flatMap(Int.init) ?? 100_000

  static let configurations: [ModelSettings] = [
    ModelSettings(), ModelSettings(needsHelo: true, hardErrorLimit: 20, junkLimit: 100),
    ModelSettings(sizeLimit: 90, recipientLimit: 1, overshootLimit: 1, hardErrorLimit: 100),
    ModelSettings(sizeLimit: 10_000, recipientLimit: 100, hardErrorLimit: 1000, junkLimit: 1),
  ]

  @Test(arguments: configurations.indices) func `agree`(configuration: Int) throws {
    let settings = Self.configurations[configuration]
    let seed = Self.seed &+ UInt64(configuration)
    print("model: seed \(Self.seed), configuration \(configuration)")
    let player = try ModelPlayer(settings)
    for number in 0..<Self.sequences / Self.configurations.count {
      var random = SplitMix(seed: seed &* 1_000_003 &+ UInt64(number))
      if let difference = player.play(using: &random) {
        Issue.record(
          "SEED=\(Self.seed) configuration \(configuration) sequence \(number)\n\(difference)")
        return
      }
    }
    // Nothing proves anything that was not reached.
    #expect(player.storedCount * 20 > Self.sequences / Self.configurations.count)
    #expect(
      player.replies.isSuperset(of: [
        "221", "250", "252", "354", "421", "450", "451", "452", "500", "501", "503", "521", "550",
        "551",
        "552", "554", "555",
      ]), "\(player.replies.sorted())")
  }
}

/// Plays sequences against sessions of one configuration.
final class ModelPlayer {
  private let settings: ModelSettings
  private let bench: SessionBench
  private(set) var storedCount = 0
  /// The codes that were seen.
  private(set) var replies: Set<String> = []

  init(_ settings: ModelSettings) throws {
    self.settings = settings
    bench = try SessionBench([
      "smtpd_peername_lookup": "no", "smtpd_authorized_xclient_hosts": "", "notify_classes": "",
      "mynetworks": "10.0.0.0/8", "smtpd_error_sleep_time": "0",
      "smtpd_client_connection_count_limit": "0",
      "smtpd_helo_required": settings.needsHelo ? "yes" : "no",
      "message_size_limit": "\(settings.sizeLimit)",
      "smtpd_recipient_limit": "\(settings.recipientLimit)",
      "smtpd_recipient_overshoot_limit": "\(settings.overshootLimit)",
      "smtpd_hard_error_limit": "\(settings.hardErrorLimit)",
      "smtpd_junk_command_limit": "\(settings.junkLimit)", "fast_flush_domains": "",
      "relay_domains": "here.test, fails.test, gone.test",
      "smtpd_relay_restrictions": "reject_unauth_destination",
      "smtpd_recipient_restrictions": "reject_unknown_recipient_domain, "
        + "check_recipient_access inline:{ {table@example.com=check_client_access hash:/nonexistent} }",
      "smtpd_end_of_data_restrictions": "check_sender_access inline:{ {end@example.net=REJECT} }",
    ])
    bench.dns = { name, type in
      switch name.text {
      case "here.test": type == .mx ? .noData : .records([.address(.v4(0xC000_0201), ttl: 60)])
      case "fails.test": .temporary
      default: .noName
      }
    }
  }

  /// - Returns: where session and model part, or `nil`
  func play(using random: inout SplitMix) -> String? {
    bench.logged = []
    bench.messages = []
    bench.questions = []
    var model = SessionModel(settings, opened: 0)
    let client = bench.connect()
    var said: [String] = []
    var expected = ["220 mail.example.com ESMTP Postfix"]
    var found = client.replies()
    let count = Int.random(in: 1...14, using: &random)
    var done = 0
    while expected == found, !model.isClosed, done < count {
      // Commands that share the state of the world outside may come together.
      var bytes = Bytes()
      expected = []
      inject(nil)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let command = ModelPlayer.command(using: &random, model)
        let isFault = inject(command)
        if isFault, !bytes.isEmpty {
          inject(nil)
          break
        }
        done += 1
        said.append("\(command)")
        let replies = model.run(command)
        expected += replies
        bytes += ModelPlayer.bytes(of: command, isTaken: replies.first?.hasPrefix("354") == true)
        if isFault || model.isClosed { break }
      }
      var pieces = SplitMix(seed: random.next())
      client.send(bytes) { Int.random(in: 1...40, using: &pieces) }
      found = client.replies()
      replies.formUnion(found.map { String($0.prefix(3)) })
      if let difference = compare(model, client.session) {
        return "\(said.joined(separator: "\n"))\n\(difference)"
      }
    }
    if expected == found, !model.isClosed { (expected, found) = leave(client, &model, &random) }
    replies.formUnion(found.map { String($0.prefix(3)) })
    guard expected == found else {
      return "\(said.joined(separator: "\n"))\nmodel:   \(expected)\nsession: \(found)"
    }
    return compare(model) ?? (client.isClosed ? nil : "the session is still open")
  }

  /// Ends the connection in the middle of a line, or of content.
  private func leave(
    _ client: BenchConnection, _ model: inout SessionModel, _ random: inout SplitMix
  ) -> ([String], [String]) {
    var expected: [String] = []
    if Bool.random(using: &random) {
      expected += model.run(.data)
      client.send("DATA")
    }
    client.send(Bytes("RSET").prefix(Int.random(in: 0...4, using: &random)) + [])
    if Bool.random(using: &random) {
      expected += model.timeOut()
      client.timeOut()
    } else {
      model.end()
      client.close()
    }
    return (expected, client.replies())
  }

  /// Makes the world fail as a command wants it.
  ///
  /// - Returns: whether it does
  @discardableResult
  private func inject(_ command: ModelCommand?) -> Bool {
    bench.space = SessionService.Space(freeBlocks: 1 << 20, blockSize: 4096)
    bench.openFailure = nil
    for message in bench.messages where message.actions == nil { message.result = .queued }
    switch command {
    case .mail(.noSpace): bench.space = SessionService.Space(freeBlocks: 0, blockSize: 4096)
    case .rcpt(.cannotOpen): bench.openFailure = .writeError
    case .message(_, true), .bdat(_, _, _, true):
      for message in bench.messages where message.actions == nil {
        message.result = .failed(.writeError)
      }
    default: return false
    }
    return true
  }

  // MARK: Comparison

  private func compare(_ model: SessionModel, _ session: Session) -> String? {
    guard !model.isClosed else { return nil }
    let state = session.state
    let chunks: SessionState.Chunks =
      switch model.chunks {
      case .none: .none
      case .open: .open
      case .failed: .failed
      }
    let mine =
      "\(model.sender ?? "-") \(model.recipients.count) \(chunks) \(model.isSpent) \(model.errors) \(model.junk)"
    let sender = state.hasSender ? session.transaction?.sender.text ?? "lost" : "-"
    let theirs =
      "\(sender) \(state.recipients) \(state.chunks) \(state.isSpent) \(session.budget.errors) \(session.budget.junk)"
    if mine != theirs { return "state of the model: \(mine)\nof the session: \(theirs)" }
    let isOpen = session.transaction?.message != nil
    return isOpen == model.hasOpenFile ? nil : "a queue file is open: \(isOpen)"
  }

  /// What is in the queue when all is over.
  private func compare(_ model: SessionModel) -> String? {
    let found = bench.messages.filter(\.isQueued).map { message in
      SessionModel.Message(
        sender: message.head.sender.text, recipients: message.recipients.map(\.address.text),
        // Behind the three lines, or two, of the Received header.
        lines: message.lines.drop { $0.first == 0x09 || $0.starts(with: Bytes("Received:")) }.map(
          \.text))
    }
    storedCount += found.count
    if found != model.stored { return "stored: \(found)\nin the model: \(model.stored)" }
    let left = bench.messages.filter { !$0.isQueued && !$0.isAbandoned && $0.actions == nil }
    if !left.isEmpty { return "\(left.count) queue files are neither stored nor given up" }
    return bench.messages.count == model.opened ? nil : "\(bench.messages.count) queue files opened"
  }
}
