import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct LineSplitterTests {
  struct Case: Sendable {
    var input: String
    var mode = BareNewlineMode.allowed
    var isLast = false
    /// Content, whether the line is complete, whether it ends in a bare LF; `nil` for "more input".
    var expected: (String, Bool, Bool)?
    var rest = ""
  }

  /// facts smtp-session.md §6; the limit is 8 here.
  ///
  /// What a CR at the limit does was observed with lines of 2047 and 2048 bytes.
  static let cases: [Case] = [
    Case(input: "NOOP\r\nx", expected: ("NOOP", true, false), rest: "x"),
    Case(input: "NOOP\n", expected: ("NOOP", true, true)),
    Case(input: "\r\n", expected: ("", true, false)),
    Case(input: "\n", expected: ("", true, true)),
    Case(input: "", expected: nil),
    Case(input: "NOOP\r", expected: nil),
    Case(input: "a\rb\r\r\n", expected: ("a\rb", true, false)),
    Case(input: "a\r\r\n", mode: .normalized, expected: ("a\r", true, false)),
    Case(input: "1234567\r\n", expected: ("1234567", true, false)),
    Case(input: "1234567\n", expected: ("1234567", true, true)),
    Case(input: "1234567\r", expected: nil),
    Case(input: "1234567\rx", expected: ("1234567\r", false, false), rest: "x"),
    Case(input: "12345678\r\n", expected: ("12345678", false, false), rest: "\r\n"),
    Case(input: "12345678\n", expected: ("12345678", false, false), rest: "\n"),
    Case(input: "12345678", expected: nil),
    Case(input: "123456789", expected: ("12345678", false, false), rest: "9"),
    Case(input: "abc", isLast: true, expected: ("abc", true, false)),
    Case(input: "", isLast: true, expected: nil),
  ]

  @Test(arguments: cases) func `takes the first line`(example: Case) {
    let bytes = Bytes(example.input)
    var scanned = 0
    let piece = LineSplitter.piece(
      of: bytes.span, in: 0..<bytes.count, limit: 8, mode: example.mode, scanned: &scanned,
      isLast: example.isLast)
    guard let expected = example.expected else {
      #expect(piece == nil)
      #expect(scanned == bytes.count)
      return
    }
    #expect(piece.map { bytes[$0.content].text } == expected.0)
    #expect(piece?.isComplete == expected.1)
    #expect(piece?.isBare == expected.2)
    #expect(piece.map { bytes[$0.next...].text } == example.rest)
    #expect(scanned == 0)
  }

  /// What was scanned in vain is not scanned again, and nothing is missed for it.
  @Test func `finds the same line byte by byte`() {
    let bytes = Bytes("12345\r\n")
    var scanned = 0
    for count in 0..<bytes.count {
      #expect(
        LineSplitter.piece(
          of: bytes.span, in: 0..<count, limit: 8, mode: .allowed, scanned: &scanned) == nil)
    }
    #expect(scanned == 6)
    let piece = LineSplitter.piece(
      of: bytes.span, in: 0..<bytes.count, limit: 8, mode: .allowed, scanned: &scanned)
    #expect(
      piece == LineSplitter.Piece(content: 0..<5, next: 7, isComplete: true, isBare: false))
  }

  @Test(arguments: 0..<40) func `finds a byte at any place`(position: Int) {
    var bytes = Bytes(repeating: 0x8A, count: 40)
    bytes[position] = 0x0A
    #expect(ByteScan.firstIndex(of: 0x0A, in: bytes, range: 0..<40) == position)
    #expect(ByteScan.firstIndex(of: 0x0A, in: bytes, range: 0..<position) == nil)
    #expect(ByteScan.firstIndex(of: 0x0A, in: bytes, range: position..<40) == position)
  }
}
