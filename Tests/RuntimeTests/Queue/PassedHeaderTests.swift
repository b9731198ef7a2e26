import Foundation
import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

/// Headers that go into the file as they come, against those that are put together first.
@Suite final class `Headers that are passed on` {
  private var takenLines = 0

  /// What is written, without times and ids, and what is logged.
  ///
  /// - Parameter streams: whole lines come as they are in the stream, as far as the message takes them
  private func store(
    _ lines: [(Bytes, Bool)], _ settings: [String: String], streams: Bool = false
  ) throws -> [String] {
    let bench = try QueueBench(settings.merging(["message_size_limit": "0"]) { $1 })
    var head = QueueBench.head(sender: "a@example.org", context: "remote")
    head.arrival = 1_795_403_013_517_624
    let message = try bench.writer.open(head)
    message.add(
      Recipient(
        address: Bytes("b@example.com"), originalRecipient: Bytes("rfc822;b@example.com")))
    message.beginContent()
    if streams {
      stream(lines, to: message)
    } else {
      for (line, isComplete) in lines { message.write(line.span, isComplete: isComplete) }
    }
    let answer = message.finish(MessageActions()).run()
    let id = message.queueID.text
    var result = ["\(answer)"]
    let records = try bench.files("incoming").flatMap(\.records).filter {
      $0.kind == .line || $0.kind == .partOrFilter || $0.kind == .size
    }
    for record in records {
      result.append(
        "\(record.kind) " + String(String.UnicodeScalarView(record.data.map { UnicodeScalar($0) })))
    }
    return (result + bench.log.lines).map { $0.replacing(id, with: "QID") }
  }

  /// Does as the session does.
  private func stream(_ lines: [(Bytes, Bool)], to message: any OpenMessage) {
    var continues = false
    var index = 0
    while index < lines.count {
      if !continues {
        let run = lines[index...].prefix { $0.1 }.map(\.0)
        let text = Bytes(run.map { $0 + Bytes("\r\n") }.joined())
        let taken = message.copyLines(of: text.span, limit: 2048, escapesDots: false)
        var rest = taken
        while rest > 0 {
          rest -= lines[index].0.count + 2
          index += 1
        }
        #expect(rest == 0, "a part of a line was taken")
        takenLines += taken > 0 ? 1 : 0
      }
      guard index < lines.count else { break }
      let (line, isComplete) = lines[index]
      message.write(line.span, isComplete: isComplete)
      continues = !isComplete
      index += 1
    }
  }

  private func random(_ random: inout SplitMix) -> [(Bytes, Bool)] {
    let names = [
      "Received", "Received", "received", "RECEIVED", "Subject", "X-A", "Message-Id",
      "Resent-Message-Id", "From", "To",
      "Date", "Bcc", "Return-Path", "Content-Type", "Content-Length", "MIME-Version", "X",
      "Resent-To",
    ]
    let values = [
      "x", "<1@x.org>", "joe@example.org", "joe", "joe@x, mary@y", "\u{E9}t\u{E9}", "a\0b", "a\rb",
      "",
      "multipart/mixed; boundary=q", String(repeating: "v", count: 60),
      String(repeating: "w ", count: 40),
    ]
    var lines: [(Bytes, Bool)] = []
    for _ in 0..<Int.random(in: 0...7, using: &random) {
      let blank = random.chance(10) ? " " : ""
      lines.append(
        (Bytes("\(random.pick(names))\(blank): \(random.pick(values))"), !random.chance(8)))
      while random.chance(30) {
        lines.append(
          (Bytes("\(random.pick([" ", "\t"]))\(random.pick(values))"), !random.chance(15)))
      }
    }
    if random.chance(80) { lines.append((Bytes(), true)) }
    if random.chance(80) { lines.append((Bytes(random.pick(values)), true)) }
    return lines
  }

  // header_checks of a table that finds nothing sends all headers through the parser.
  @Test func `are written as if they were not`() throws {
    let seed = SplitMix.propertySeed
    print("passed headers: seed \(seed)")
    var random = SplitMix(seed: seed)
    for _ in 0..<300 {
      let lines = self.random(&random)
      let settings = random.pick([
        [:], ["header_size_limit": "100"],
        ["header_size_limit": random.pick(["1", "2", "9", "20"])], ["line_length_limit": "50"],
        ["hopcount_limit": "2"],
        ["remote_header_rewrite_domain": "invalid.example"], ["strict_7bit_headers": "yes"],
        ["local_header_rewrite_clients": "", "always_add_missing_headers": "yes"],
        [
          "canonical_maps": "inline:{joe@example.org=jim@example.net}",
          "remote_header_rewrite_domain": "d.e",
        ],
        ["cleanup_replace_stray_cr_lf": "no"],
      ])
      let passed = try store(lines, settings)
      let parsed = try store(
        lines, settings.merging(["header_checks": "inline:{nothing=REJECT}"]) { $1 })
      #expect(
        passed == parsed, "\(settings) \(lines.map { ($0.0.text, $0.1) })")
      let streamed = try store(lines, settings, streams: true)
      #expect(
        passed == streamed, "streamed: \(settings) \(lines.map { ($0.0.text, $0.1) })")
      let streamedToParser = try store(
        lines, settings.merging(["header_checks": "inline:{nothing=REJECT}"]) { $1 }, streams: true)
      #expect(
        passed == streamedToParser,
        "streamed to the parser: \(settings) \(lines.map { ($0.0.text, $0.1) })")
    }
    #expect(takenLines > 300)
  }
}
