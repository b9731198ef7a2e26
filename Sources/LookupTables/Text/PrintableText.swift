import RestrictionDSL

/// Text for a log line: what cannot be printed shows as a question mark.
public enum PrintableText {
  /// - Parameter utf8: a lead byte with its continuation bytes is printed, whether or not the
  ///   sequence is well formed; else every byte outside ASCII shows as a question mark.
  static func of(_ text: Span<UInt8>, utf8: Bool) -> String {
    var shown: Bytes = []
    shown.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte.isASCIIPrintable {
        shown.append(byte)
        continue
      }
      guard utf8, byte >= 0xC2, byte < 0xFF, index < text.count, text[index] & 0xC0 == 0x80
      else {
        shown.append(0x3F)
        continue
      }
      shown.append(byte)
      while index < text.count, text[index] & 0xC0 == 0x80 {
        shown.append(text[index])
        index += 1
      }
    }
    return shown.text
  }

  public static func of(_ text: some Collection<UInt8>, utf8: Bool) -> String {
    let bytes = Bytes(text)
    return of(bytes.span, utf8: utf8)
  }
}
