import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct `A byte buffer` {
  @Test func `grows and keeps what is in it`() {
    var buffer = ByteBuffer(capacity: 1)
    for number in 0..<1000 { buffer.append(UInt8(truncatingIfNeeded: number)) }
    buffer.append("tail")
    let grown = buffer.bytes
    #expect(grown == (0..<1000).map { UInt8(truncatingIfNeeded: $0) } + Bytes("tail"))
    buffer.removeFirst(1000)
    let tail = buffer.bytes
    #expect(tail == Bytes("tail"))
    buffer.truncate(to: 2)
    let start = buffer.bytes
    #expect(start == Bytes("ta"))
    buffer.clear()
    let isEmpty = buffer.isEmpty
    #expect(isEmpty)
  }

  // Expected: what Swift's own String makes of the numbers.
  @Test(arguments: [0, 7, 10, 99, 100, 4_294_967_296, UInt64.max])
  func `writes numbers`(value: UInt64) {
    var buffer = ByteBuffer(capacity: 1)
    buffer.append(decimal: value)
    buffer.append(0x20)
    buffer.append(value, radix: 16, digits: "0123456789ABCDEF", width: 5)
    let hex = String(value, radix: 16, uppercase: true)
    let padded = String(repeating: "0", count: max(0, 5 - hex.count)) + hex
    let text = buffer.bytes.text
    #expect(text == "\(value) \(padded)")
  }

  @Test func `writes numbers into columns`() {
    var buffer = ByteBuffer(capacity: 1)
    buffer.append(repeating: 0x78, count: 8)
    buffer.set(decimal: 120, at: 1, width: 6)
    let text = buffer.bytes.text
    #expect(text == "x   120x")
  }

  @Test func `ends a C string with the NUL that was appended`() {
    var buffer = ByteBuffer(capacity: 1)
    buffer.append("incoming/x")
    buffer.append(0)
    let text = buffer.withCString { String(cString: $0) }
    #expect(text == "incoming/x")
  }
}

@Suite struct `A span of bytes` {
  @Test(arguments: [("", true), (" ~az", true), ("a\tb", false), ("a\u{7F}", false), ("é", false)])
  func `is printable or not`(text: String, expected: Bool) {
    let bytes = Bytes(text)
    #expect(bytes.span.isPrintable == expected)
  }

  @Test func `finds bytes from an index on`() {
    let bytes = Bytes("a\nb\nc")
    let found = [0, 1, 2, 4, 5].map { bytes.span.firstIndex(of: 0x0A, from: $0) }
    #expect(found == [1, 1, 3, nil, nil])
  }
}
