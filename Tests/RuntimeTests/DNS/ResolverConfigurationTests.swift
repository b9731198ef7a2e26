import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct `Resolver configuration` {
  // resolv.conf(5)
  @Test func `gives servers and options`() {
    let text = """
      # comment
      search corp.example
      nameserver 192.0.2.1
      nameserver 2001:db8::1
      nameserver garbage
      nameserver 192.0.2.2
      nameserver 192.0.2.3
      options ndots:5 timeout:3 attempts:9 rotate
      """
    let configuration = ResolverConfiguration(Bytes(text))
    #expect(configuration.serverList(port: 53) == "192.0.2.1:53,[2001:db8::1]:53,192.0.2.2:53")
    #expect(configuration.timeout == 3)
    #expect(configuration.attempts == 5)
    #expect(configuration.rotates)
  }

  @Test func `means the local host where it is missing`() {
    let configuration = ResolverConfiguration([])
    #expect(configuration.serverList(port: 53) == "127.0.0.1:53")
    #expect(configuration.timeout == 5)
    #expect(configuration.attempts == 2)
  }
}

@Suite struct `DNS cache` {
  private func key(_ name: String) -> DNSCache.Key { DNSCache.Key(name: Bytes(name), type: .a) }

  @Test func `forgets the oldest where it is full`() {
    var cache = DNSCache(capacity: 2)
    for name in ["a", "b", "c"] { cache.keep(.noData, to: key(name), seconds: 60, now: 0) }
    #expect(cache.answer(to: key("a"), now: 1) == nil)
    #expect(cache.answer(to: key("b"), now: 1) == .noData)
    #expect(cache.count == 2)
  }

  @Test func `stays bounded when one name is kept again and again`() {
    var cache = DNSCache(capacity: 4)
    for _ in 0..<1000 { cache.keep(.noData, to: key("a"), seconds: 60, now: 0) }
    #expect(cache.answer(to: key("a"), now: 59_999) == .noData)
    #expect(cache.answer(to: key("a"), now: 60_000) == nil)
  }

  @Test func `keeps no failure`() {
    var cache = DNSCache()
    cache.keep(.temporary, to: key("a"), seconds: 60, now: 0)
    #expect(cache.answer(to: key("a"), now: 0) == nil)
  }
}
