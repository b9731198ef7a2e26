import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

@Suite struct `Grammar of SMTP commands` {
  @Test func `names the verbs that the server knows`() throws {
    let grammar = try Grammar("smtp-commands")
    let rules = ["helo", "mail", "rcpt", "data", "bdat", "query", "simple", "auth", "proxied"]
    let words = try rules.reduce(into: Set<String>()) { $0.formUnion(try grammar.names($1)) }
    let known = Verb.allCases.filter { $0 != .unknown }.map(\.name.text)
    #expect(words.filter { Verb(word: Bytes($0).span) != .unknown } == Set(known))
    #expect(Set(known).isSubset(of: words))
  }

  // Source: the EHLO reply of 3.7.11, scenario command-ehlo with XCLIENT and XFORWARD allowed.
  @Test func `names the attributes that the server offers`() throws {
    let grammar = try Grammar("smtp-commands")
    let bench = try SessionBench(["smtpd_authorized_xforward_hosts": "127.0.0.0/8"])
    let lines = bench.connect().say("EHLO client.example.net")
    func offered(_ word: String) -> Set<String> {
      let line = lines.first { $0.dropFirst(4).hasPrefix(word + " ") } ?? ""
      return Set(line.dropFirst(5 + word.count).split(separator: " ").map(String.init))
    }
    #expect(try grammar.names("xclient-attribute") == offered("XCLIENT"))
    #expect(try grammar.names("xforward-attribute") == offered("XFORWARD"))
  }

  @Test(arguments: ["helo", "mail", "rcpt", "query"])
  func `makes commands that are no syntax errors`(rule: String) throws {
    let seed = SplitMix.propertySeed
    var generator = SentenceGenerator(try Grammar("smtp-commands"), seed: seed)
    for _ in 0..<50 {
      let command = try generator.sentence(rule)
      let bench = try SessionBench([
        "smtpd_relay_restrictions": "permit",
        "smtpd_recipient_restrictions": "permit_mynetworks, reject",
        "smtpd_reject_unlisted_recipient": "no", "smtpd_authorized_verp_clients": "127.0.0.0/8",
        "smtpd_sasl_auth_enable": "yes", "message_size_limit": "0",
        "smtpd_client_restrictions": "",
      ])
      let connection = bench.connect()
      _ = connection.say("EHLO client.example.net")
      if rule == "rcpt" { _ = connection.say("MAIL FROM:<a@example.net>") }
      connection.send(Bytes(command))
      let reply = connection.replies().first ?? ""
      let syntaxErrors = ["500", "501", "502", "503", "504", "555"]
      #expect(
        !syntaxErrors.contains(String(reply.prefix(3))), "seed \(seed): \(command) -> \(reply)")
    }
  }
}
