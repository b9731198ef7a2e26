import LookupTables
import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct `Null-terminated attributes` {
  // facts postfix-ipc.md §2.1
  @Test func `are written with a NUL behind each name and value`() {
    let list = AttributeCodec.encode([("request", Bytes("query")), ("address", [])])
    #expect(list.text == "request\0query\0address\0\0\0")
  }

  @Test func `are read back, with what follows left alone`() throws {
    let input = Bytes("status\u{0}0\u{0}reason\u{0}\u{0}\u{0}rest")
    let (attributes, length) = try #require(AttributeCodec.decode(input))
    #expect(attributes.map(\.name) == ["status", "reason"])
    #expect(attributes.map(\.value) == [Bytes("0"), []])
    #expect(length == input.count - 4)
  }

  @Test func `are not there before their end`() {
    #expect(AttributeCodec.decode(Bytes("status\u{0}0\u{0}")) == nil)
    #expect(AttributeCodec.decode([]) == nil)
  }

  @Test func `count in unsigned 32 bits`() {
    #expect(AttributeCodec.number(Bytes("4294967295")) == -1)
    #expect(AttributeCodec.number(Bytes("3")) == 3)
    #expect(AttributeCodec.number(Bytes("99999999999999999999")) == nil)
    #expect(AttributeCodec.number(Bytes("1x")) == nil)
  }
}
