import RestrictionDSL
import Testing

@Suite struct `An address that a client wrote` {
  // Scenario asked-address-octal.
  @Test(arguments: [
    ("127.0.0.01", "127.0.0.1"), ("0177.0.0.1", "127.0.0.1"), ("010.0.0.012", "8.0.0.10"),
    ("127.0.0.000010", "127.0.0.8"), ("192.0.2.10", "192.0.2.10"), ("::1", "::1"),
  ])
  func `has octal numbers behind a zero`(text: String, address: String) {
    #expect(IPAddress(hostAddress: Bytes(text).span) == IPAddress(address))
  }

  @Test(arguments: ["127.0.0.08", "0300.0.0.1", "127.0.1", "127.0.0.1.", "1.2.3.256", ""])
  func `is refused where a number is none`(text: String) {
    #expect(IPAddress(hostAddress: Bytes(text).span) == nil)
  }
}
