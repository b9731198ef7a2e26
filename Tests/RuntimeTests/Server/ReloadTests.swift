import Foundation
import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct `A reload` {
  @Test func `with a lint error is refused, with its place`() throws {
    let stage = try ServerStage()
    // Postfix would start with this, and answer 451 to every recipient.
    try ServerStage.write(
      ["smtpd_recipient_restrictions": "reject_unauth_destinatoin"], to: stage.directory)
    let text = try String(contentsOfFile: stage.directory + "/main.cf", encoding: .utf8)
    let number = text.split(separator: "\n").firstIndex { $0.contains("destinatoin") }
    let line = try #require(number) + 1
    stage.server.reload()
    try stage.run { stage.log.lines.last?.contains("refused") == true }
    let column = "smtpd_recipient_restrictions = ".count + 1
    #expect(
      stage.log.lines.suffix(2) == [
        "postfix/master: error: main.cf:\(line):\(column): unknown restriction "
          + "'reject_unauth_destinatoin' [unknown-restriction]",
        "postfix/master: error: new configuration refused, the old one stays in use",
      ])
    let client = try stage.connect()
    for line in [nil, "HELO c", "MAIL FROM:<>"] { _ = try stage.ask(client, line) }
    #expect(try stage.ask(client, "RCPT TO:<alice@example.com>") == "250 2.1.5 Ok")
  }

  @Test func `follows a changed main_cf under watch`() throws {
    let stage = try ServerStage { $0.isWatching = true }
    try ServerStage.write(["smtpd_recipient_restrictions": "reject"], to: stage.directory)
    try stage.run { stage.log.lines.last?.contains("reload --") == true }
    #expect(
      stage.log.lines.contains(
        "postfix/master: watch: \(stage.directory)/main.cf changed -- reloading"))
    let client = try stage.connect()
    for line in [nil, "HELO c", "MAIL FROM:<>"] { _ = try stage.ask(client, line) }
    #expect(try stage.ask(client, "RCPT TO:<alice@example.com>").hasPrefix("554 "))
  }

  @Test func `follows a changed table under watch, and only then`() throws {
    for isWatching in [true, false] {
      let directory = try ServerStage.makeDirectory()
      let table = directory + "/senders.cidr"
      try "10.0.0.0/8 REJECT\n".write(toFile: table, atomically: true, encoding: .utf8)
      let stage = try ServerStage(["smtpd_client_restrictions": "check_client_access cidr:\(table)"]
      ) {
        $0.isWatching = isWatching
      }
      try "127.0.0.0/8 REJECT\n".write(toFile: table, atomically: true, encoding: .utf8)
      if isWatching {
        try stage.run { stage.log.lines.last?.contains("reload --") == true }
      } else {
        let end = EventLoop.clock() + 2500
        try stage.run { EventLoop.clock() > end }
      }
      #expect(stage.log.lines.contains { $0.contains("reload --") } == isWatching)
    }
  }
}

/// A writer of lmdb changes the file in place; everybody who reads it sees that with the next lookup.
@Suite struct `An lmdb table written in place` {
  private func build(_ name: String, _ entry: String, in directory: String) throws {
    let path = "\(directory)/\(name)"
    try (entry + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/sbin/postmap")
    process.arguments = ["-c", directory, "lmdb:" + path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func `decides the next transaction`() throws {
    let tables = try ServerStage.makeDirectory()
    try ServerStage.write([:], to: tables)
    try build("relay", "old.example x", in: tables)
    let stage = try ServerStage(["relay_domains": "lmdb:\(tables)/relay", "mynetworks": ""])
    let client = try stage.connect()
    for line in [nil, "HELO c"] { _ = try stage.ask(client, line) }
    func answers(_ recipients: String...) -> [String?] {
      recipients.map { recipient in
        _ = try? stage.ask(client, "MAIL FROM:<>")
        defer { _ = try? stage.ask(client, "RSET") }
        return try? String(stage.ask(client, "RCPT TO:<\(recipient)>").prefix(9))
      }
    }
    #expect(answers("a@old.example", "a@new.example") == ["250 2.1.5", "454 4.7.1"])
    try build("relay", "new.example x", in: tables)
    #expect(answers("b@old.example", "b@new.example") == ["454 4.7.1", "250 2.1.5"])
    // What was found out about an address is kept for a second.
    let end = EventLoop.clock() + 1100
    try stage.run { EventLoop.clock() > end }
    #expect(answers("a@old.example", "a@new.example") == ["454 4.7.1", "250 2.1.5"])
  }
}

@Suite struct `Watched files` {
  @Test func `are told once they rest`() throws {
    let directory = try ServerStage.makeDirectory()
    let path = directory + "/file"
    func write(_ text: String) throws {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    try write("a")
    var watch = FileWatch([path])
    func look() -> [String] { watch.look() }
    #expect(look() == [])
    try write("ab")
    #expect(look() == [])
    try write("abc")
    #expect(look() == [])
    #expect(look() == [path])
    #expect(look() == [])
    try FileManager.default.removeItem(atPath: path)
    #expect(look() == [])
    #expect(look() == [path])
    try write("abcd")
    watch.settle()
    #expect(look() == [])
  }

  @Test func `are those of tables and lists, nested ones too`() {
    let settings = Settings.forTesting([
      "mydestination": "/etc/domains, pcre:/etc/d.pcre",
      "virtual_alias_maps": "hash:/etc/virtual, inline:{a=b}",
      "smtpd_recipient_restrictions":
        "check_recipient_access unionmap:{lmdb:/etc/one, proxy:cdb:/etc/two}, reject",
    ])
    #expect(
      Set(ConfigurationFiles.paths("/c", [settings])).subtracting(
        ConfigurationFiles.paths("/c", [Settings.forTesting([:])])) == [
          "/etc/domains", "/etc/d.pcre", "/etc/virtual", "/etc/virtual.db", "/etc/one",
          "/etc/one.lmdb", "/etc/two", "/etc/two.cdb",
        ])
  }
}
