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
