import RestrictionDSL
import Testing

@testable import Runtime

/// The order of commands, as a value.
@Suite struct SessionStateTests {
  /// What happened, as one letter: M MAIL, R RCPT, c chunk, f failed chunk, L failed last chunk (which ends the transaction),
  /// s refused at the end of the data, S the same behind BDAT, r RSET.
  private func state(after events: String) -> SessionState {
    var state = SessionState()
    for event in events {
      switch event {
      case "M": state.openTransaction()
      case "R": state.addRecipient()
      case "c": state.continueChunks()
      case "f": state.failChunk()
      case "s": state.spend(inChunks: false)
      case "S": state.spend(inChunks: true)
      default: state.endTransaction()
      }
    }
    return state
  }

  struct Row: Sendable {
    let events: String
    let mail: SessionReply?
    let rcpt: SessionReply?
    let data: SessionReply?
    let content: SessionReply?
  }

  /// facts smtp-session.md §4; scenarios order-*, bdat-*, session-bdat-errors,
  /// session-end-of-data-refused.
  ///
  /// After `s` Postfix crashes at DATA: there the answer is ours.
  static let rows: [Row] = [
    Row(events: "", mail: nil, rcpt: .needMail, data: .needRcpt, content: .needRcpt),
    Row(events: "M", mail: .nestedMail, rcpt: nil, data: .noRecipients, content: .noRecipients),
    Row(events: "MR", mail: .nestedMail, rcpt: nil, data: nil, content: nil),
    Row(events: "MRc", mail: .nestedMail, rcpt: .rcptAfterBDAT, data: .dataAfterBDAT, content: nil),
    // Compared with the installed Postfix: a refused chunk leaves the transaction as it was.
    Row(
      events: "MRcf", mail: .nestedMail, rcpt: .rcptAfterBDAT, data: .dataAfterBDAT, content: nil),
    Row(
      events: "Mf", mail: .nestedMail, rcpt: .rcptAfterBDAT, data: .dataAfterBDAT,
      content: .noRecipients),
    Row(
      events: "f", mail: .mailAfterBDAT, rcpt: .needMail, data: .dataAfterBDAT, content: .needRcpt),
    Row(events: "fL", mail: nil, rcpt: .needMail, data: .needRcpt, content: .needRcpt),
    Row(events: "MRL", mail: nil, rcpt: .needMail, data: .needRcpt, content: .needRcpt),
    Row(events: "MRs", mail: .nestedMail, rcpt: nil, data: .needRcpt, content: .needRcpt),
    // Recorded with Postfix 3.7.11: RCPT and DATA; it crashes at the next last chunk.
    Row(
      events: "MRS", mail: .nestedMail, rcpt: .rcptAfterBDAT, data: .dataAfterBDAT,
      content: .needRcpt),
    Row(events: "MRsR", mail: .nestedMail, rcpt: nil, data: nil, content: nil),
    Row(events: "MRcr", mail: nil, rcpt: .needMail, data: .needRcpt, content: .needRcpt),
  ]

  @Test(arguments: rows) func `refuses what is out of order`(row: Row) {
    let state = state(after: row.events)
    #expect(state.refusalOfMail(needsHelo: false) == row.mail)
    #expect(state.refusalOfRcpt() == row.rcpt)
    #expect(state.refusalOfData() == row.data)
    #expect(state.refusalOfContent() == row.content)
    #expect(state.refusalOfMail(needsHelo: true) == .sendHelo)
  }

  /// facts smtp-session.md §3: the first recipients beyond the limit are no errors.
  @Test func `counts recipients beyond the limit`() {
    var state = state(after: "MR")
    #expect([1, 2, 3].map { _ in state.overshoot(limit: 2) } == [false, false, true])
  }

  /// facts smtp-session.md §3 step 16: the first error comes with command number limit + 2.
  @Test func `forgives some junk`() {
    var budget = ErrorBudget()
    var errors: [Int] = []
    for _ in 0..<5 {
      budget.countJunk(limit: 2)
      errors.append(budget.errors)
    }
    #expect(errors == [0, 0, 0, 1, 2])
    budget.forgive()
    #expect(budget == ErrorBudget())
  }

  /// facts smtp-session.md §1 step 9.
  @Test func `sums up the commands`() {
    var statistics = CommandStatistics()
    #expect(statistics.text.text == " commands=0/0")
    for (verb, isGood) in [(Verb.quit, true), (.ehlo, true), (.rcpt, false), (.unknown, false)] {
      statistics.count(verb)
      if isGood { statistics.countAccepted(verb) }
    }
    #expect(statistics.text.text == " ehlo=1 rcpt=0/1 quit=1 unknown=0/1 commands=2/4")
  }

  /// facts restrictions.md §1 "Shortcuts".
  @Test func `knows probe senders`() {
    let plain = ProbeSender(
      address: Bytes("double-bounce"), origin: Bytes("example.com"), interval: 0)
    #expect(plain.matches(Bytes("Double-Bounce@EXAMPLE.com"), seconds: 5))
    #expect(!plain.matches(Bytes("double-bounce"), seconds: 5))
    let none = ProbeSender(address: Bytes("<>"), origin: Bytes("example.com"), interval: 0)
    #expect(!none.matches([], seconds: 5))
    // 62 is `20` in base 31.
    let timed = ProbeSender(address: Bytes("p@x.y"), origin: [], interval: 10)
    #expect(timed.matches(Bytes("p20@x.y"), seconds: 620))
    #expect(timed.matches(Bytes("p1Z@x.y"), seconds: 620))
    #expect(timed.matches(Bytes("p21@x.y"), seconds: 620))
    #expect(!timed.matches(Bytes("p22@x.y"), seconds: 620))
    #expect(!timed.matches(Bytes("p@x.y"), seconds: 620))
  }
}
