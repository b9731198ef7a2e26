import Compiler
import Testing

@testable import Runtime

// Source: facts restrictions.md §1, §2 "carry-over"; recorded scenarios stage-*.
@Suite struct `Stages` {
  @Test func `name their subject`() {
    let names: [(String, Entry, String)] = [
      ("client", .rcpt, "<client.example.net[192.0.2.10]>: Client host"),
      ("helo", .rcpt, "<client.example.net>: Helo command"),
      ("sender", .rcpt, "<sender@example.net>: Sender address"),
      ("relay", .rcpt, "<alice@example.com>: Recipient address"),
      ("recipient", .rcpt, "<alice@example.com>: Recipient address"),
      ("etrn", .etrn, "<example.com>: Etrn command"),
      ("data", .data, "<DATA>: Data command"),
      ("end_of_data", .endOfData, "<END-OF-MESSAGE>: End-of-data"),
    ]
    for (stage, entry, name) in names {
      let bench = PolicyBench(["smtpd_\(stage)_restrictions": "reject"])
      bench.facts.etrnDomain = Array("example.com".utf8)
      #expect(bench.decide(entry).verdict == "554 5.7.1 \(name) rejected: Access denied")
    }
  }

  @Test func `without HELO skip the HELO list`() {
    let bench = PolicyBench(["smtpd_helo_restrictions": "reject"])
    bench.facts.helo = nil
    #expect(bench.decide() == PolicyDecision(verdict: "accept"))
  }

  @Test(arguments: [Entry.connect, .helo, .mail])
  func `with delayed rejects leave early commands alone`(entry: Entry) {
    let lists = [
      "smtpd_client_restrictions": "reject", "smtpd_helo_restrictions": "reject",
      "smtpd_sender_restrictions": "reject",
    ]
    #expect(PolicyBench(lists).decide(entry).verdict == "accept")
    let early = PolicyBench(lists.merging(["smtpd_delay_reject": "no"]) { $1 })
    #expect(early.decide(entry).verdict.hasPrefix("554 5.7.1"))
  }

  @Test func `without delayed rejects keep a deferral from HELO for RCPT`() {
    let bench = PolicyBench([
      "smtpd_delay_reject": "no", "smtpd_helo_restrictions": "defer_if_permit",
    ])
    #expect(bench.decide(.connect).verdict == "accept")
    #expect(bench.decide(.helo).verdict == "accept")
    #expect(bench.decide(.mail).verdict == "accept")
    #expect(
      bench.decide().verdict
        == "450 4.7.0 <client.example.net>: Helo command rejected: defer_if_permit requested")
  }

  // Observed on 3.7.11: what VRFY starts from is what the last sender list left.
  @Test func `of VRFY start from the last sender list`() {
    let bench = PolicyBench(["smtpd_client_restrictions": "defer_if_permit"])
    bench.facts.sender = nil
    #expect(bench.decide(.vrfy).verdict == "accept")
    bench.facts.sender = Array("sender@example.net".utf8)
    #expect(bench.decide().verdict.hasPrefix("450 4.7.0"))
    bench.facts.sender = nil
    #expect(bench.decide(.vrfy).verdict.hasPrefix("450 4.7.0"))
  }

  @Test func `of DATA start without deferrals`() {
    let bench = PolicyBench([
      "smtpd_delay_reject": "no", "smtpd_helo_restrictions": "defer_if_permit",
      "smtpd_data_restrictions": "permit",
    ])
    #expect(bench.decide(.helo).verdict == "accept")
    #expect(bench.decide(.data).verdict == "accept")
  }

  @Test func `with several recipients show none at DATA`() {
    let bench = PolicyBench([
      "smtpd_data_restrictions": "check_recipient_access static:REJECT, reject"
    ])
    bench.facts.recipient = nil
    bench.facts.queueID = Array("QID1".utf8)
    let reply = "554 5.7.1 <DATA>: Data command rejected: Access denied"
    #expect(
      bench.decide(.data)
        == PolicyDecision(
          verdict: reply,
          log: [PolicyBench.line(reply, command: "DATA", to: nil, queueID: "QID1")]))
  }

  @Test func `show addresses in external form unless told otherwise`() {
    let main = ["smtpd_client_restrictions": "check_client_access static:{INFO i}"]
    for (format, shown) in [("external", "\"a b\"@example.net"), ("internal", "a b@example.net")] {
      let bench = PolicyBench(main.merging(["info_log_address_format": format]) { $1 })
      bench.facts.sender = Array("a b@example.net".utf8)
      #expect(bench.decide().log == [PolicyBench.line("info", "i", from: shown)])
    }
  }
}
