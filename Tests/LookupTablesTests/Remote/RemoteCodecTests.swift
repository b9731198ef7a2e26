import RestrictionDSL
import Testing

@testable import LookupTables

@Suite struct `Protocols of remote tables` {
  // Source: tcp_table(5) REQUEST FORMAT, ENCODING; bytes recorded from postmap 3.7.11
  @Test func `tcp_table encodes what is not printable`() {
    #expect(
      TCPTableCodec.request(Bytes("A b%\u{e9}\u{1}").span).text == "get A%20b%25%C3%A9%01\n")
    #expect(TCPTableCodec.reply(Bytes("200 va%20l%0ax y")) == .found(Bytes("va l\nx y")))
    #expect(TCPTableCodec.reply(Bytes("500 no")) == .notFound)
    #expect(TCPTableCodec.reply(Bytes("400 later")) == .temporary)
    #expect(TCPTableCodec.reply(Bytes("200 %z")) == .bad("malformed reply: 200 %z"))
  }

  // Source: facts postfix-ipc §12; socketmap_table(5)
  @Test func `socketmap is a netstring each way`() {
    #expect(NetstringCodec.encode(Bytes("mymap u@test.example")).text == "20:mymap u@test.example,")
    #expect(NetstringCodec.reply(Bytes("OK a b")) == .found(Bytes("a b")))
    #expect(NetstringCodec.reply(Bytes("NOTFOUND ")) == .notFound)
    #expect(NetstringCodec.reply(Bytes("PERM no")) == .permanent(Bytes("no")))
    #expect(NetstringCodec.length(Bytes("99999999999999999999")) == Int.max)
    #expect(NetstringCodec.length(Bytes("1x")) == nil)
  }

  // Source: bytes recorded from postmap 3.7.11 and memcached
  @Test func `memcache sends lines`() {
    #expect(MemcacheCodec.get(Bytes("pf:bk")).text == "get pf:bk\r\n")
    #expect(
      MemcacheCodec.set(Bytes("pf:bk"), Bytes("val"), flags: 5, ttl: 77).text
        == "set pf:bk 5 77 3\r\nval\r\n")
    #expect(MemcacheCodec.header(Bytes("VALUE k 0 3")) == .value(length: 3))
    #expect(MemcacheCodec.header(Bytes("VALUE k 0 99999999999999999999")) == .other)
    #expect(MemcacheCodec.header(Bytes("END")) == .end)
  }

  // Source: the Redis serialization protocol, version 2
  @Test func `redis gets every argument with its length`() {
    #expect(
      RESPCodec.encode([Bytes("GET"), Bytes("a\r\nb")]).text
        == "*2\r\n$3\r\nGET\r\n$4\r\na\r\nb\r\n")
    #expect(RESPCodec.header(Bytes("$-1")) == .bulk(-1))
    #expect(RESPCodec.header(Bytes("*2")) == .array(2))
    #expect(RESPCodec.header(Bytes("-ERR x")) == .error(Bytes("ERR x")))
    #expect(RESPCodec.header(Bytes("$99999999999999999999")) == nil)
    #expect(RESPCodec.header(Bytes("?")) == nil)
  }

  #if LDAP
    // Source: RFC 2254 §4, RFC 2253 §2.4
    @Test func `LDAP quotes for filters and for names`() {
      #expect(LDAPText.inFilter(Bytes("a*(b)\\\0")).text == "a\\2A\\28b\\29\\5C\\00")
      #expect(LDAPText.inName(Bytes(" a,b+ ")).text == "\\20a\\2Cb\\2B\\20")
    }
  #endif

  @Test func `no bytes make the codecs stop`() {
    var random = SystemRandomNumberGenerator()
    let alphabet = Bytes("0123456789%:,$*+- \r\nVALUEDOKGT\0\u{e9}")
    for _ in 0..<20_000 {
      let bytes = Bytes(
        (0..<Int.random(in: 0...24, using: &random)).map { _ in
          alphabet.randomElement(using: &random) ?? 0
        })
      _ = TCPTableCodec.reply(bytes)
      _ = NetstringCodec.reply(bytes)
      _ = NetstringCodec.length(bytes)
      _ = MemcacheCodec.header(bytes)
      _ = RESPCodec.header(bytes)
      _ = AttributeCodec.decode(bytes)
    }
  }
}
