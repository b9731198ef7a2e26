/// Case folding of keys, domains and addresses.
///
/// - Source: facts restrictions.md §9 "Folding": ASCII lower case; with smtputf8_enable Unicode
///   case folding of valid UTF-8
public enum CaseFolding {
  /// The folded form.
  ///
  /// - Parameter unicode: fold beyond ASCII; text that is no UTF-8 is folded as ASCII.
  /// - Complexity: one allocation for ASCII text.
  public static func fold(_ text: Bytes, unicode: Bool) -> Bytes {
    if unicode, text.contains(where: { $0 > 127 }),
      let string = String(validating: text, as: UTF8.self)
    {
      return foldedUnicode(string)
    }
    return text.asciiLowercased
  }

  /// Appends the folded form.
  public static func append(_ text: Span<UInt8>, to folded: inout Bytes, unicode: Bool) {
    if unicode && !DomainName.isASCII(text) {
      folded += fold(Bytes(copying: text), unicode: true)
    } else {
      for index in text.indices { folded.append(text[index].asciiLowercased) }
    }
  }

  /// Whether the folded forms are equal.
  public static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>, unicode: Bool) -> Bool {
    var isASCII = true
    if left.count == right.count {
      var same = true
      for index in left.indices {
        if left[index] > 127 || right[index] > 127 { isASCII = false }
        if left[index].asciiLowercased != right[index].asciiLowercased { same = false }
      }
      if same { return true }
      if isASCII { return false }
    }
    // Folded ASCII keeps its length.
    guard unicode, !DomainName.isASCII(left) || !DomainName.isASCII(right) else { return false }
    return fold(Bytes(copying: left), unicode: true) == fold(Bytes(copying: right), unicode: true)
  }

  private static func foldedUnicode(_ text: String) -> Bytes {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x131: result.append(scalar)
      case 0x1E9E: result.append(contentsOf: "ss".unicodeScalars)
      case 0x13A0...0x13F5: result.append(scalar)
      case 0x13F8...0x13FD, 0xAB70...0xABBF:
        result.append(contentsOf: scalar.properties.uppercaseMapping.unicodeScalars)
      default:
        for upper in scalar.properties.uppercaseMapping.unicodeScalars {
          result.append(contentsOf: upper.properties.lowercaseMapping.unicodeScalars)
        }
      }
    }
    return Bytes(String(result))
  }
}
