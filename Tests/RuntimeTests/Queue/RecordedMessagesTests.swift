import Foundation
import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

/// One message that the installed Postfix 3.7.11 stored, from `recorded.jsonl`: its configuration, what the
/// client sent, and what cleanup(8) logged and wrote.
struct RecordedMessage: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let settings: [String: String]
  let tables: [String: String]
  let sender: String
  /// MAIL parameters.
  let mail: String
  /// Addresses, some with parameters.
  let recipients: [String]
  /// One Unicode scalar a byte, CR LF line ends.
  let content: String
  let log: [String]
  let reply: String
  let queue: String
  /// Type and data; without arrival times.
  ///
  /// The size record is cut to recipients, flags and SMTPUTF8.
  let records: [String]
  /// The attributes about the client are listed.
  let whole: Bool?

  var testDescription: String { name }

  static let all: [RecordedMessage] = {
    let file = Fixtures.tests.appending(path: "RuntimeTests/Queue/recorded.jsonl")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap {
      try? JSONDecoder().decode(RecordedMessage.self, from: Data($0.utf8))
    }
  }()
}

@Suite struct `A queue file` {
  @Test func `recordings are all there`() { #expect(RecordedMessage.all.count == 206) }

  @Test(arguments: RecordedMessage.all)
  func `is what Postfix wrote`(recorded: RecordedMessage) throws {
    let bench = try QueueBench(recorded.settings, files: recorded.tables)
    let context = recorded.settings["local_header_rewrite_clients"] == "" ? "remote" : "local"
    let head = QueueBench.head(
      sender: plain(recorded.sender), context: context, parameters: parameters(recorded.mail))
    let message = try bench.writer.open(head)
    var accepted: [String] = []
    for text in recorded.recipients {
      guard let recipient = recipient(text) else { continue }
      message.add(recipient)
      accepted.append(recipient.address.text)
    }
    message.beginContent()
    let id = message.queueID.text
    let type = recorded.mail.contains("SMTPUTF8") ? "UTF8SMTP" : "ESMTP"
    for line in received(id, accepted, type) { message.write(Bytes(line).span, isComplete: true) }
    let limit = bench.settings.int("line_length_limit")
    send(recorded.content, limit: limit, to: message)
    let answer = message.finish(actions(recorded.name)).run()

    #expect(reply(answer) == recorded.reply)
    let logged = bench.log.lines.map { normal($0, id, bench) }
    #expect(logged == recorded.log)
    var found: [String] = []
    for queue in ["incoming", "hold"] {
      let hashed = recorded.settings["hash_queue_names"] != nil
      for file in try bench.files(hashed && queue == "incoming" ? queue + folders(id) : queue) {
        #expect(queue == recorded.queue)
        #expect(file.mode == 0o700)
        try checkSizes(file.records)
        found = lines(file.records, recorded).map { normal($0, id, bench) }
      }
    }
    #expect(found == recorded.records)
  }

  // MARK: Input

  /// Quotes of the local part are removed by smtpd.
  private func plain(_ address: String) -> String {
    MailAddress.internal(Bytes(address)).text
  }

  private func parameters(_ text: String) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: text.split(separator: " ").map {
        let words = $0.split(separator: "=", maxSplits: 1)
        return (String(words[0]), words.count > 1 ? String(words[1]) : "")
      })
  }

  private func recipient(_ text: String) -> Recipient? {
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    if words[0].contains("\"") { return nil }  // refused by smtpd in the recording
    let given = parameters(words.count > 1 ? words[1] : "")
    var notify = 0
    for word in (given["NOTIFY"] ?? "").split(separator: ",") {
      notify |= ["NEVER": 1, "SUCCESS": 2, "FAILURE": 4, "DELAY": 8][String(word)] ?? 0
    }
    let address = words[0].split(separator: ":").last.map(String.init) ?? words[0]
    return Recipient(
      address: Bytes(address), originalRecipient: Bytes(given["ORCPT"] ?? "rfc822;\(words[0])"),
      notify: notify)
  }

  private func received(_ id: String, _ accepted: [String], _ type: String) -> [String] {
    let first = "Received: from client.example.net (localhost [127.0.0.1])"
    let by = "\tby mail.example.com (Postfix) with \(type) id \(id)"
    return accepted.count == 1
      ? [first, by, "\tfor <\(accepted[0])>; DATE"] : [first, by + ";", "\tDATE"]
  }

  private func send(_ content: String, limit: Int, to message: any OpenMessage) {
    var bytes = Bytes(content.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })[...]
    var isFirst = true
    while let end = bytes.firstIndex(of: 0x0A) {
      var line = Bytes(bytes[..<end])
      while line.last == 0x0D { line.removeLast() }
      // smtpd keeps a folded first line away from its own header.
      if isFirst, line.first == 0x20 { message.write(Bytes().span, isComplete: true) }
      isFirst = false
      while line.count > limit {
        message.write(line.span.extracting(0..<limit), isComplete: false)
        line.removeFirst(limit)
      }
      message.write(line.span, isComplete: true)
      bytes = bytes[(end + 1)...]
    }
  }

  /// Access actions of the one recording that has some.
  private func actions(_ name: String) -> MessageActions {
    var actions = MessageActions()
    guard name == "access bcc" else { return actions }
    actions.filter = Bytes("a:b")
    actions.redirect = Bytes("c@d.org")
    actions.bcc = [Bytes("foo@x.org"), Bytes("foo2@x.org")]
    return actions
  }

  /// The folders of a hashed queue of depth 2.
  private func folders(_ id: String) -> String { id.prefix(2).map { "/\($0)" }.joined() }

  // MARK: Output

  /// What smtpd makes of the answer: facts postfix-ipc.md §3.6.
  private func reply(_ answer: CommitAnswer) -> String {
    switch answer {
    case .queued: "250 2.0.0 Ok: queued as QID"
    case .failed(.deferred(let text)): "451 \(text.text)"
    case .failed(.internalError(let status)): "451 4.3.0 Error: internal error \(status)"
    case .failed(.tooBig): "552 5.3.4 Error: message file too big"
    case .failed(.tooManyHops): "554 5.4.0 Error: too many hops"
    case .failed(.content(let text)): "550 \(text.text)"
    case .failed(.writeError): "451 4.3.0 Error: queue file write error"
    case .failed(.reply(let text)): text.text
    }
  }

  /// What differs from run to run is replaced as in the recordings.
  private func normal(_ text: String, _ id: String, _ bench: QueueBench) -> String {
    text.replacing(id, with: "QID")
      .replacing(#/[A-Z][a-z]{2}, [ \d]\d [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d \+0000 \(UTC\)/#) {
        _ in
        "DATE"
      }
      .replacing(#/<20\d{12}\./#) { _ in "<STAMP." }
      .replacing(bench.directory.appending(path: "config").path, with: "CONFIG")
  }

  private func lines(_ records: [QueueRecord], _ recorded: RecordedMessage) -> [String] {
    records.compactMap { record -> String? in
      let kind = String(UnicodeScalar(record.kind.rawValue))
      let data = String(String.UnicodeScalarView(record.data.map { UnicodeScalar($0) }))
      switch record.kind {
      case .arrivalTime: return nil
      case .size:
        let numbers = data.split(separator: " ")
        return "C \(numbers[2]) \(numbers[3]) \(numbers[5])"
      case .delayWarning: return "W DELAY"
      case .attribute where data.hasPrefix("create_time="): return nil
      case .attribute where recorded.whole != true && isAboutClient(data): return nil
      default: return "\(kind) \(data)"
      }
    }
  }

  private func isAboutClient(_ attribute: String) -> Bool {
    [
      "log_client", "log_message", "log_helo", "log_protocol", "client_", "reverse_client",
      "server_",
      "helo_", "protocol_",
    ].contains { attribute.hasPrefix($0) }
  }

  /// Field 1 is the distance from the first content record to X, field 2 the offset behind M.
  private func checkSizes(_ records: [QueueRecord]) throws {
    var offset = 0
    var start = 0
    var end = 0
    for record in records {
      if record.kind == .extracted { end = offset }
      offset += RecordBuffer.size(record.data.count)
      if record.kind == .content { start = offset }
    }
    let numbers = records[0].data.text.split(separator: " ").compactMap { Int($0) }
    let expected = [end - start, start, end - start]
    #expect([numbers[0], numbers[1], numbers[4]] as [Int] == expected)
  }
}
