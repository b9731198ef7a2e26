extension IPAddress {
  /// Parses an address that a client wrote, as Postfix does where it goes on to use it: the numbers
  /// of an IPv4 address may begin with zeros, and are octal then.
  ///
  /// - Returns: `nil` where the text is no valid address, or a number has digits that are not octal
  /// - Source: inet_aton(3); observed with Postfix 3.7.11
  public init?(hostAddress text: Span<UInt8>) {
    guard DomainName.isValidIPv4(text) else {
      self.init(text)
      return
    }
    var value: UInt32 = 0
    var number: UInt32 = 0
    var base: UInt32 = 0
    for index in text.indices {
      let byte = text[index]
      if byte == 0x2E {
        value = value << 8 | number
        (number, base) = (0, 0)
        continue
      }
      let digit = UInt32(byte - 0x30)
      if base == 0 { base = digit == 0 ? 8 : 10 }
      guard digit < base else { return nil }
      // Never above 255: it is not as a decimal number.
      number = number * base + digit
    }
    self = .v4(value << 8 | number)
  }
}
