import Foundation
import Glibc
import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

extension QueueBench {
  /// Opens a message for one recipient and sends the lines.
  func message(_ lines: [String], sender: String = "a@example.org") throws -> any OpenMessage {
    let message = try writer.open(QueueBench.head(sender: sender))
    message.add(
      Recipient(
        address: Bytes("b@example.com"), originalRecipient: Bytes("rfc822;b@example.com")))
    message.beginContent()
    for line in ["Received: by test"] + lines { message.write(Bytes(line).span, isComplete: true) }
    return message
  }
}

@Suite struct `The queue writer` {
  // Source: postcat(1) of the installed Postfix.
  @Test func `writes what postcat reads`() throws {
    let bench = try QueueBench()
    let headers = ["From: a@b.org", "To: b@c.org", "Date: x", "Message-Id: <1@b.org>"]
    let message = try bench.message(headers + ["", "hello"])
    let answer = message.finish(MessageActions()).run()
    #expect(answer == .queued)
    let id = message.queueID.text
    let file = bench.directory.appending(path: "incoming/\(id)").path
    let output = try run("/usr/sbin/postcat", [file])
    let body = output.split(separator: "\n").drop { !$0.contains("MESSAGE CONTENTS") }
      .joined(separator: "\n")
    #expect(
      body == """
        *** MESSAGE CONTENTS \(file) ***
        Received: by test
        From: a@b.org
        To: b@c.org
        Date: x
        Message-Id: <1@b.org>
        hello
        *** HEADER EXTRACTED \(file) ***
        *** MESSAGE FILE END \(file) ***
        """)
    #expect(output.contains("message_size: "))
    #expect(output.contains("\nrecipient: b@example.com\n"))
  }

  @Test func `names a file by microsecond and inode`() throws {
    for isLong in [false, true] {
      let bench = try QueueBench(["enable_long_queue_ids": isLong ? "yes" : "no"])
      let message = try bench.message([])
      let id = try #require(QueueID(message.queueID))
      let path = bench.directory.appending(path: "incoming/\(message.queueID.text)").path
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.systemFileNumber] as? UInt64 == id.inode)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect((id.seconds != nil) == isLong)
      message.abandon()
      let left = try bench.files("incoming")
      #expect(left.isEmpty)
    }
  }

  // Source: facts queue-file.md §6, hashed directories.
  @Test func `hashes a queue that hash_queue_names lists`() throws {
    let bench = try QueueBench(["hash_queue_names": "incoming, hold", "hash_queue_depth": "2"])
    let message = try bench.message([""])
    let id = message.queueID.text
    var actions = MessageActions()
    actions.hold = true
    let answer = message.finish(actions).run()
    #expect(answer == .queued)
    let folders = id.prefix(2).map { "\($0)/" }.joined()
    let path = bench.directory.appending(path: "hold/\(folders)\(id)").path
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test func `writes a large message through and keeps its sizes`() throws {
    let bench = try QueueBench(["message_size_limit": "0"])
    let line = String(repeating: "x", count: 998)
    let message = try bench.message([""] + Array(repeating: line, count: 500))
    let answer = message.finish(MessageActions()).run()
    #expect(answer == .queued)
    let file = try #require(try bench.files("incoming").first)
    #expect(file.records.filter { $0.kind == .line && $0.data.count == 998 }.count == 500)
    let size = file.records[0].data.text.split(separator: " ").compactMap { Int($0) }
    let start = file.records.prefix { $0.kind != .content }.reduce(2) {
      $0 + RecordBuffer.size($1.data.count)
    }
    #expect(size[1] == start)
    #expect(size[0] > 500 * 998)
  }

  // Source: facts postfix-ipc.md §3.6, attribute count limit: status 1; log line observed.
  @Test func `refuses more attributes than queue_file_attribute_count_limit`() throws {
    let bench = try QueueBench(["queue_file_attribute_count_limit": "5"])
    let message = try bench.message([""])
    let id = message.queueID.text
    let answer = message.finish(MessageActions()).run()
    #expect(answer == .failed(.internalError(1)))
    #expect(
      bench.log.lines == ["warning: \(id): message rejected: attribute count exceeds limit 5"])
    let left = try bench.files("incoming")
    #expect(left.isEmpty)
  }

  // Source: facts queue-file.md §4: the filter of the configuration stands before log_ident.
  @Test func `puts filter, verp and DSN attributes where Postfix does`() throws {
    let bench = try QueueBench(["content_filter": "scan:y"])
    var head = QueueBench.head(
      sender: "a@example.org", parameters: ["ENVID": "abc", "RET": "HDRS", "BODY": "7BIT"])
    head.verp = Bytes("-=")
    let message = try bench.writer.open(head)
    message.add(Recipient(address: Bytes("b@example.com"), originalRecipient: Bytes("rfc822;b")))
    message.beginContent()
    message.write(Bytes("Received: x").span, isComplete: true)
    let answer = message.finish(MessageActions()).run()
    #expect(answer == .queued)
    let records = try #require(try bench.files("incoming").first).records
    let shown = records.map { "\(UnicodeScalar($0.kind.rawValue)) \($0.data.text)" }
    #expect(
      shown[3...8] == [
        "L scan:y", "A log_ident=\(message.queueID.text)", "A rewrite_context=local",
        "A envelope_id=abc", "A ret_flags=2", "S a@example.org",
      ])
    #expect(shown[9] == "A encoding=7bit")
    #expect(shown[25] == "V -=")
    #expect(shown.suffix(2) == ["A encoding=7bit", "E "])
  }

  // Source: scenario size-minfree, a postmaster notice.
  @Test func `invents original recipient and message id of a notice`() throws {
    let bench = try QueueBench()
    let head = QueueBench.head(sender: "double-bounce@mail.example.com", context: "")
    let message = try bench.writer.open(head)
    message.add(Recipient(address: Bytes("postmaster"), originalRecipient: []))
    message.beginContent()
    let answer = message.finish(MessageActions()).run()
    #expect(answer == .queued)
    let records = try #require(try bench.files("incoming").first).records
    let shown = records.map { "\(UnicodeScalar($0.kind.rawValue)) \($0.data.text)" }
    let start = try #require(shown.firstIndex { $0.hasPrefix("A dsn_orig_rcpt") })
    #expect(
      shown[start..<(start + 3)] == [
        "A dsn_orig_rcpt=rfc822;postmaster@example.com", "O postmaster",
        "R postmaster@example.com",
      ])
    #expect(shown.filter { $0.hasPrefix("A rewrite_context") || $0.hasPrefix("N ") }.count == 3)
    #expect(shown.filter { $0.hasPrefix("N Message-Id: <") }.count == 1)
  }

  @Test func `tells the queue manager, and does not wait for it`() throws {
    let bench = try QueueBench()
    let path = bench.directory.appending(path: "public/qmgr").path
    #expect(mkfifo(path, 0o622) == 0)
    let nobody = try bench.message([""]).finish(MessageActions()).run()
    #expect(nobody == .queued)
    let reader = Glibc.open(path, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    let somebody = try bench.message([""]).finish(MessageActions()).run()
    #expect(somebody == .queued)
    var bytes: Bytes = [9, 9, 9]
    let count = read(reader, &bytes, 3)
    #expect(count == 2)
    #expect(bytes == [0x57, 0, 9])  // facts postfix-ipc.md §16
  }

  @Test func `removes a message that is dropped without an end`() throws {
    let bench = try QueueBench()
    var message: (any OpenMessage)? = try bench.message(["", "x"])
    _ = message?.queueID
    message = nil
    let left = try bench.files("incoming")
    #expect(left.isEmpty)
  }

  // The memory of a stored message serves the next one: nothing of it may be left.
  @Test func `stores the same in a message that was used before`() throws {
    let bench = try QueueBench(["message_size_limit": "0"])
    // Without From: the writer adds it, if it still knows where the headers end.
    let plain = ["Date: x", "Message-Id: <1@b.org>", "", "hello"]
    func store(_ lines: [String], hold: Bool = false) throws -> [QueueRecord] {
      let message = try bench.message(lines)
      var actions = MessageActions()
      actions.hold = hold
      let job = message.finish(actions)
      let answer = job.run()
      #expect(answer == .queued)
      let id = message.queueID.text
      job.retire()
      let file = try bench.files(hold ? "hold" : "incoming").first { $0.name == id }
      return try #require(file).records.filter { record in
        let name = record.data.prefix { $0 != 0x3D }.text
        // Offsets depend on the digits of the time.
        return record.kind != .size && record.kind != .arrivalTime && name != "create_time"
          && name != "log_ident"
      }
    }
    let first = try store(plain)
    _ = try store(["Subject: \u{E9}", "Resent-From: x@b.org", "", "y"], hold: true)
    _ = try store(
      ["Content-Type: multipart/mixed; boundary=x", "", "--x", "A: b"]
        + Array(repeating: String(repeating: "z", count: 998), count: 200))
    let again = try store(plain)
    #expect(first == again)
    #expect(first.contains(QueueRecord(.line, Bytes("From: a@example.org"))))
    let left = try bench.files("incoming").map(\.name)
    #expect(Set(left).count == 3)
  }

  // MARK: Faults

  @Test func `names a queue directory that is missing`() {
    #expect(throws: SystemError("open", "/nonexistent/queue/incoming", code: ENOENT)) {
      _ = try SpoolDirectory(queueDirectory: "/nonexistent/queue", name: "incoming", depth: 0)
    }
  }

  @Test func `answers with a write error where no file can be made`() throws {
    let bench = try QueueBench()
    try FileManager.default.removeItem(at: bench.directory.appending(path: "incoming"))
    #expect(throws: MessageFailure.writeError) { _ = try bench.message([]) }
    #expect(
      bench.log.lines == [
        "warning: mail_queue_enter: create file incoming: No such file or directory"
      ])
  }

  @Test func `answers with a write error where a held message cannot move`() throws {
    let bench = try QueueBench()
    let message = try bench.message([""])
    try FileManager.default.removeItem(at: bench.directory.appending(path: "hold"))
    var actions = MessageActions()
    actions.hold = true
    let answer = message.finish(actions).run()
    #expect(answer == .failed(.writeError))
    let left = try bench.files("incoming")
    #expect(left.isEmpty)
  }

  private func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let output = Foundation.Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
