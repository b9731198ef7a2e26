import RestrictionDSL

/// Ports written as numbers or as names of services(5).
public enum PortNumber {
  /// - Parameter services: contents of the services file
  /// - Returns: `nil` for a number above 65535 and for a name that the file does not have.
  public static func of(
    _ text: String, services: @autoclosure () -> Bytes = SmallFile.contents(of: "/etc/services")
  ) -> UInt16? {
    if !text.isEmpty, text.utf8.allSatisfy(\.isASCIIDigit) { return UInt16(text) }
    for line in services().split(separator: 0x0A) {
      let words = line.prefix { $0 != 0x23 }.split(whereSeparator: \.isASCIISpace)
      guard words.count > 1, words[1].text.hasSuffix("/tcp") else { continue }
      let isNamed = words[0].text == text || words.dropFirst(2).contains { $0.text == text }
      if isNamed { return UInt16(words[1].text.dropLast(4)) }
    }
    return nil
  }
}
