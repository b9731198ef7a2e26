import RestrictionDSL
import Testing

@testable import Runtime

/// debug_peer_list: the lines of the dialogue are those of Postfix 3.7.11, recorded; what that one logs
/// besides about its own parts has no counterpart here.
@Suite struct `debug_peer_list` {
  private func dialogue(_ list: String) throws -> [String] {
    let bench = try SessionBench([
      "debug_peer_list": list, "smtpd_recipient_limit": "1", "smtpd_reject_footer": "one\\ntwo",
    ])
    let client = bench.connect()
    for line in ["MAIL FROM:<a@example.net>", "RCPT TO:<alice>", "RCPT TO:<bob>"] {
      client.send(line)
    }
    client.send(Bytes("FOO ") + [0xFF, 0x01, 0x00] + Bytes("x\r\n"))
    client.send("XCLIENT ADDR=192.0.2.1 NAME=x.example")
    client.send("QUIT")
    return bench.logged
  }

  private static let lines = [
    "connect from localhost[127.0.0.1]",
    "> localhost[127.0.0.1]: 220 mail.example.com ESMTP Postfix",
    "< localhost[127.0.0.1]: MAIL FROM:<a@example.net>", "> localhost[127.0.0.1]: 250 2.1.0 Ok",
    "< localhost[127.0.0.1]: RCPT TO:<alice>", "ID1: client=localhost[127.0.0.1]",
    "> localhost[127.0.0.1]: 250 2.1.5 Ok", "< localhost[127.0.0.1]: RCPT TO:<bob>",
    "> localhost[127.0.0.1]: 452-4.5.3 Error: too many recipients",
    "> localhost[127.0.0.1]: 452-4.5.3 one", "> localhost[127.0.0.1]: 452 4.5.3 two",
    "< localhost[127.0.0.1]: FOO ??",
    "> localhost[127.0.0.1]: 500-5.5.2 Error: bad UTF-8 syntax",
    "> localhost[127.0.0.1]: 500-5.5.2 one", "> localhost[127.0.0.1]: 500 5.5.2 two",
    "< localhost[127.0.0.1]: XCLIENT ADDR=192.0.2.1 NAME=x.example",
  ]

  @Test(arguments: [
    "127.0.0.1", "localhost", "127.0.0.0/8", "inline:{ {127.0.0.1=x} }", "cidr:{{127.0.0.0/8 x}}",
  ])
  func `shows the dialogue of a client`(list: String) throws {
    let logged = try dialogue(list)
    #expect(Array(logged.prefix(Self.lines.count)) == Self.lines)
  }

  @Test(arguments: ["", "192.0.2.1", "x.example", "!127.0.0.1, localhost"])
  func `shows nothing of others, whoever they say to be`(list: String) throws {
    let logged = try dialogue(list)
    #expect(!logged.contains { $0.hasPrefix("> ") || $0.hasPrefix("< ") })
  }

  // Lines and their order: recorded.
  @Test func `that cannot be asked is reported, and shows nothing`() throws {
    let bench = try SessionBench([
      "debug_peer_list": "hash:/nonexistent",
      "smtpd_authorized_xforward_hosts": "hash:/nonexistent",
    ])
    bench.connect().send("QUIT")
    let unavailable =
      "warning: hash:/nonexistent is unavailable. open database /nonexistent.db: No such file or directory"
    #expect(
      bench.logged.dropFirst() == [
        unavailable,
        "warning: smtpd_authorized_xforward_hosts: hash:/nonexistent: table lookup problem",
        unavailable, "warning: debug_peer_list: hash:/nonexistent: table lookup problem",
        "disconnect from localhost[127.0.0.1] quit=1 commands=1",
      ])
  }
}
