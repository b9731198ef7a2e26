import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct ContentDecoderTests {
  /// Lines of the message, and whether the end was seen; `~` stands for a bare LF at the end.
  private func decode(
    _ lines: [String], mode: BareNewlineMode = .allowed, hasDots: Bool = true
  ) -> [String] {
    var decoder = ContentDecoder(mode: mode, hasDots: hasDots)
    var result: [String] = []
    for line in lines {
      let isBare = line.hasSuffix("~")
      let isPart = line.hasSuffix("|")
      let content = Bytes(isBare || isPart ? String(line.dropLast()) : line)
      let step = decoder.next(content.span, isComplete: !isPart, isBare: isBare)
      switch step {
      case .write(let dropped): result.append(content.dropFirst(dropped).text)
      case .writeAfterEmptyLine(let dropped):
        result += ["", content.dropFirst(dropped).text]
      case .writeMailboxLine: result.append("X-Mailbox-Line: " + content.text)
      case .skip: break
      case .end: result.append("END")
      }
    }
    return result
  }

  /// facts smtp-session.md §6, postfix-ipc.md §3.5.
  @Test func `removes one dot and ends at a lone one`() {
    #expect(decode(["a", "..", ".b", ". ", "."]) == ["a", ".", "b", " ", "END"])
    #expect(decode(["a|", ".", "."]) == ["a", ".", "END"])
    #expect(decode([".", ".a"], hasDots: false) == [".", ".a"])
  }

  /// Scenario content-mbox-from; blank first line: observed.
  @Test func `keeps mbox lines and folded first lines apart from our header`() {
    #expect(
      decode(["From x", ">From y", " z", "From w", "."]) == [
        "X-Mailbox-Line: From x", "X-Mailbox-Line: >From y", "", " z", "From w", "END",
      ])
    #expect(decode(["\tx"]) == ["", "\tx"])
    #expect(decode(["From"]) == ["From"])
  }

  /// Scenarios content-lf-dot-crlf, content-crlf-dot-lf and their forbid-lf forms.
  @Test func `a bare newline ends the message only where it is allowed`() {
    #expect(decode(["a~", "."]) == ["a", "END"])
    #expect(decode(["a", ".~"]) == ["a", "END"])
    for mode in [BareNewlineMode.normalized, .rejected] {
      #expect(decode(["a~", ".", "b", "."], mode: mode) == ["a", "b", "END"])
      #expect(decode(["a", ".~", "b", "."], mode: mode) == ["a", "b", "END"])
      #expect(decode(["."], mode: mode) == ["END"])
    }
  }
}
