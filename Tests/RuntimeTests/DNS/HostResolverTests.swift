import RestrictionDSL
import Testing

@testable import Runtime

/// Error texts and their precedence: observed with Postfix 3.7.11 on glibc 2.36.
@Suite struct `Host resolver` {
  private typealias Zone = [String: (code: UInt8, records: [Bytes])]

  private func resolve(
    _ zone: Zone, hosts: String = "127.0.0.1 localhost\n", protocols: [String] = ["all"],
    _ question: (HostResolver, @escaping (HostAnswer) -> Void) -> Void
  ) throws -> HostAnswer {
    let table = zone.mapValues { ($0.code, $0.records) }
    let server = try FakeNameServer { query in
      let (code, records) = table["\(query.name)/\(query.type)"] ?? (3, [])
      return [query.reply(code: code, records)]
    }
    defer { server.stop() }
    let resolverFile = try TemporaryFile("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    let hostsFile = try TemporaryFile(hosts)
    let test = try TestLoop()
    let dns = try DNSClient(loop: test.loop, resolverFile: resolverFile.path, port: server.port)
    defer { dns.close() }
    let resolver = HostResolver(dns: dns, protocols: protocols, hostsFile: hostsFile.path)
    var answer: HostAnswer?
    question(resolver) { answer = $0 }
    try test.run { answer != nil }
    return try #require(answer)
  }

  private let v4 = record(.a, [192, 0, 2, 1])
  private let v6 = record(.aaaa, [0x20, 1, 0xD, 0xB8] + Bytes(repeating: 0, count: 11) + [1])

  @Test func `asks the hosts file first`() throws {
    let answer = try resolve([:], hosts: "# c\n192.0.2.9 Host.example h # x\n") {
      $0.addresses(of: Bytes("host.EXAMPLE"), then: $1)
    }
    #expect(answer == .addresses([.v4(0xC000_0209)]))
  }

  @Test func `names an address from the hosts file`() throws {
    let answer = try resolve([:], hosts: "192.0.2.9 first.example second\n") {
      $0.name(of: .v4(0xC000_0209), then: $1)
    }
    #expect(answer == .name(Bytes("first.example")))
  }

  @Test func `takes an address for itself`() throws {
    let answer = try resolve([:]) { $0.addresses(of: Bytes("192.0.2.5"), then: $1) }
    #expect(answer == .addresses([.v4(0xC000_0205)]))
  }

  @Test(arguments: [
    ("Name or service not known", false, 3 as UInt8, 2 as UInt8),
    ("Temporary failure in name resolution", true, 2, 0),
    ("No address associated with hostname", false, 0, 2),
    ("No address associated with hostname", false, 0, 0),
  ])
  func `says why a host has no address`(
    reason: String, isTemporary: Bool, codeA: UInt8, codeAAAA: UInt8
  ) throws {
    let answer = try resolve(["h.example/1": (codeA, []), "h.example/28": (codeAAAA, [])]) {
      $0.addresses(of: Bytes("h.example"), then: $1)
    }
    #expect(answer == .failed(temporary: isTemporary, reason: reason))
  }

  @Test func `does without IPv6 where that fails, and not the other way round`() throws {
    let one = try resolve(["h.example/1": (0, [v4]), "h.example/28": (2, [])]) {
      $0.addresses(of: Bytes("h.example"), then: $1)
    }
    #expect(one == .addresses([.v4(0xC000_0201)]))
    let other = try resolve(["h.example/1": (2, []), "h.example/28": (0, [v6])]) {
      $0.addresses(of: Bytes("h.example"), then: $1)
    }
    #expect(other == .failed(temporary: true, reason: "Temporary failure in name resolution"))
  }

  @Test func `asks for one family where one is wanted`() throws {
    let answer = try resolve(["h.example/1": (0, []), "h.example/28": (0, [v6])]) {
      $0.addresses(of: Bytes("h.example"), family: .ipv4, then: $1)
    }
    #expect(answer == .failed(temporary: false, reason: "No address associated with hostname"))
  }

  @Test func `honours inet_protocols`() throws {
    let answer = try resolve(
      ["h.example/1": (0, [v4]), "h.example/28": (0, [v6])], protocols: ["ipv4"]
    ) { $0.addresses(of: Bytes("h.example"), then: $1) }
    #expect(answer == .addresses([.v4(0xC000_0201)]))
  }

  @Test func `names an address by its first PTR, whatever that is`() throws {
    let name = "98.2.0.192.in-addr.arpa/12"
    let good = try resolve([name: (0, [record(.ptr, wire("Good.example.net"))])]) {
      $0.name(of: .v4(0xC000_0262), then: $1)
    }
    #expect(good == .name(Bytes("Good.example.net")))
    let bad = try resolve([
      name: (0, [record(.ptr, wire("-a.example.net")), record(.ptr, wire("good.example.net"))])
    ]) { $0.name(of: .v4(0xC000_0262), then: $1) }
    #expect(bad == .failed(temporary: false, reason: "Name or service not known"))
    let numeric = try resolve([name: (0, [record(.ptr, wire("192.0.2.98"))])]) {
      $0.name(of: .v4(0xC000_0262), then: $1)
    }
    #expect(numeric == .name(Bytes("192.0.2.98")))
  }

  @Test func `tells a failing name server from a missing name`() throws {
    let failing = try resolve(["98.2.0.192.in-addr.arpa/12": (2, [])]) {
      $0.name(of: .v4(0xC000_0262), then: $1)
    }
    #expect(failing == .failed(temporary: true, reason: "Temporary failure in name resolution"))
  }

  // RFC 3596 §2.5
  @Test func `reverses an IPv6 address by nibbles`() throws {
    let address = try #require(IPAddress("2001:db8::567:89ab"))
    #expect(
      ReverseName.name(of: address).text
        == "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")
  }
}
