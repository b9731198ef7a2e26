import RestrictionDSL

/// The `=filter` of a DNS list: which address answers count.
///
/// - Source: postconf(5) reject_rbl_client; facts restrictions.md §5.8
struct DNSListFilter: Hashable, Sendable {
  /// The filter cannot be parsed; Postfix stops with this text.
  struct SyntaxError: Error, Hashable {
    let message: String
  }

  /// Allowed values of each octet.
  private let octets: [[ClosedRange<UInt8>]]

  init(_ pattern: Bytes) throws(SyntaxError) {
    var parser = Parser(pattern: try DNSListFilter.withoutBrackets(pattern))
    guard !parser.isAtEnd else { throw SyntaxError(message: "empty address pattern") }
    var octets: [[ClosedRange<UInt8>]] = []
    while octets.count < 4 {
      if !octets.isEmpty {
        guard parser.take(0x2E) else { throw parser.error("need \".\"") }
      }
      octets.append(try parser.octet())
    }
    guard parser.isAtEnd else { throw parser.error("garbage after pattern") }
    self.octets = octets
  }

  /// Whether an IPv4 address is in the filter.
  ///
  /// IPv6 addresses never are.
  func matches(_ address: IPAddress) -> Bool {
    guard case .v4(let value) = address else { return false }
    return octets.enumerated().allSatisfy { index, ranges in
      let octet = UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * index))
      return ranges.contains { $0.contains(octet) }
    }
  }

  /// Brackets around the whole pattern mean nothing.
  private static func withoutBrackets(_ pattern: Bytes) throws(SyntaxError) -> Bytes {
    guard pattern.first == UInt8(ascii: "[") else { return pattern }
    var level = 0
    for (index, byte) in pattern.enumerated() {
      if byte == UInt8(ascii: "[") { level += 1 }
      if byte == UInt8(ascii: "]") { level -= 1 }
      guard level == 0 else { continue }
      return index == pattern.count - 1 ? Bytes(pattern[1..<index]) : pattern
    }
    throw SyntaxError(message: "missing \"]\" character")
  }

  private struct Parser {
    let pattern: Bytes
    var index = 0

    init(pattern: Bytes) { self.pattern = pattern }

    var isAtEnd: Bool { index == pattern.count }

    mutating func take(_ byte: UInt8) -> Bool {
      guard index < pattern.count, pattern[index] == byte else { return false }
      index += 1
      return true
    }

    /// A number, or `[` numbers and ranges separated by `;` `]`.
    mutating func octet() throws(SyntaxError) -> [ClosedRange<UInt8>] {
      guard take(0x5B) else {
        guard let value = number() else { throw error("need decimal number 0..255 or \"[\"") }
        return [value...value]
      }
      var ranges: [ClosedRange<UInt8>] = []
      while true {
        guard let low = number() else { throw error("need decimal number 0..255") }
        if take(0x2E) {
          guard take(0x2E) else { throw error("numeric range error") }
          let highAt = index
          guard let high = number(), low <= high else {
            index = highAt
            throw error("numeric range error")
          }
          ranges.append(low...high)
        } else {
          ranges.append(low...low)
        }
        if take(0x5D) { return ranges }
        guard take(0x3B) else { throw error("need \";\" or \"]\"") }
      }
    }

    /// Takes a decimal number 0…255; takes nothing where there is none.
    private mutating func number() -> UInt8? {
      let digits = pattern[index...].prefix(while: \.isASCIIDigit)
      guard let value = UInt8(digits.text) else { return nil }
      index = digits.endIndex
      return value
    }

    /// The message with the offending token marked.
    func error(_ reason: String) -> SyntaxError {
      let rest = pattern[index...]
      let digits = rest.prefix(while: \.isASCIIDigit)
      let token = digits.isEmpty ? rest.prefix(1) : digits
      return SyntaxError(
        message:
          "\(reason) at \"\(pattern[..<index].text)>\(token.text)<\(pattern[token.endIndex...].text)\""
      )
    }
  }
}
