/// What lookups have to know of an address in internal form that has a domain.
public struct MailShape: Hashable, Sendable {
  /// Index of the last `@`.
  public let at: Int
  /// The local part needs no quotes.
  public let isPlain: Bool

  /// - Returns: `nil` where there is no `@`.
  public init?(_ address: Span<UInt8>) {
    guard let at = MailAddress.lastAt(address) else { return nil }
    self.at = at
    isPlain = !MailAddress.needsQuotes(address)
  }
}

/// Mail addresses as bytes: the internal form (unquoted local part) and the external, quoted one.
///
/// The internal form is what tables, replies and queue files hold; the external form is what appears
/// in logs and headers, and what the address rewriting works on.
///
/// - Source: RFC 5322 §3.4.1, RFC 5321 §4.1.2; facts restrictions.md §6.4
public enum MailAddress {
  /// Index of the last `@`, or `nil`.
  @inlinable public static func lastAt(_ address: Span<UInt8>) -> Int? {
    address.lastIndex(of: 0x40)
  }

  /// What follows the last `@`; empty where there is none.
  @inlinable public static func domain(of address: Bytes) -> ArraySlice<UInt8> {
    guard let at = address.lastIndex(of: 0x40) else { return [] }
    return address[(at + 1)...]
  }

  /// What precedes the last `@`; the whole address where there is none.
  @inlinable public static func localPart(of address: Bytes) -> ArraySlice<UInt8> {
    address[..<(address.lastIndex(of: 0x40) ?? address.endIndex)]
  }

  /// The local part of an internal form: behind a source route, before the last `@`.
  public static func localRange(_ address: Span<UInt8>) -> Range<Int> {
    var start = 0
    if address.count > 0, address[0] == 0x40, let colon = firstIndex(of: 0x3A, in: address) {
      start = colon + 1
    }
    if let at = lastAt(address), at >= start { return start..<at }
    return start..<address.count
  }

  /// Whether the local part has to be written as a quoted string.
  ///
  /// - Complexity: O(n), no allocation.
  public static func needsQuotes(_ address: Span<UInt8>) -> Bool {
    needsQuotes(address, localRange(address))
  }

  /// Whether a local part alone has to be written as a quoted string.
  public static func needsQuotes(localPart: Span<UInt8>) -> Bool {
    needsQuotes(localPart, 0..<localPart.count)
  }

  private static func needsQuotes(_ address: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return true }
    var previous: UInt8 = 0x2E
    for index in range {
      let byte = address[index]
      if byte == 0x2E && previous == 0x2E || isSpecial(byte) { return true }
      previous = byte
    }
    return previous == 0x2E
  }

  /// Internal to external form: the local part becomes a quoted string where it is no dot-atom.
  ///
  /// Bytes above 127 are left alone. An empty address becomes `""`.
  public static func external(_ address: Bytes) -> Bytes {
    external(address, localRange(address.span))
  }

  /// A local part alone, quoted where needed; `@` in it is no delimiter.
  public static func external(localPart: Bytes) -> Bytes {
    external(localPart, 0..<localPart.count)
  }

  private static func external(_ address: Bytes, _ range: Range<Int>) -> Bytes {
    guard needsQuotes(address.span, range) else { return address }
    var result = Bytes()
    result.reserveCapacity(address.count + 8)
    result.append(contentsOf: address[..<range.lowerBound])
    result.append(0x22)
    for byte in address[range] {
      if byte == 0x22 || byte == 0x5C || byte == 0x0D { result.append(0x5C) }
      result.append(byte)
    }
    result.append(0x22)
    result.append(contentsOf: address[range.upperBound...])
    return result
  }

  /// External to internal form: quotes and backslashes of the local part vanish.
  public static func `internal`(_ address: Bytes) -> Bytes {
    let range = localRange(address.span)
    guard address[range].contains(where: { $0 == 0x22 || $0 == 0x5C }) else { return address }
    var result = Bytes(address[..<range.lowerBound])
    result.reserveCapacity(address.count)
    var index = range.lowerBound
    while index < range.upperBound {
      var byte = address[index]
      index += 1
      if byte == 0x22 { continue }
      if byte == 0x5C {
        guard index < address.count else { continue }
        byte = address[index]
        index += 1
      }
      result.append(byte)
    }
    result.append(contentsOf: address[max(index, range.upperBound)...])
    return result
  }

  /// Characters that may not stand in an unquoted local part.
  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x7F: true
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "@"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"),
      UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "["), UInt8(ascii: "]"):
      true
    default: false
    }
  }

  private static func firstIndex(of wanted: UInt8, in bytes: Span<UInt8>) -> Int? {
    for index in bytes.indices where bytes[index] == wanted { return index }
    return nil
  }
}
