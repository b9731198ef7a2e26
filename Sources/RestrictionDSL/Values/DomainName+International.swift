// `_nfc` is the normaliser that String comparison uses; the library has no public name for it yet.
@_spi(_Unicode) import Swift

/// Internationalised names: Unicode to ASCII (`bücher.example` to `xn--bcher-kva.example`).
///
/// Mapping in the manner of UTS #46, non-transitional: compatibility forms of the ASCII range,
/// lower case, canonical composition, ignorable characters removed. The Unicode tables are those of
/// the Swift library, so that no further library is loaded for the rare name that needs this.
///
/// - Source: UTS #46 §4, RFC 3492 (Punycode), RFC 5891
extension DomainName {
  /// The ASCII form of a name; a name that is ASCII already is returned in lower case.
  ///
  /// - Returns: `nil` where the text is not UTF-8, or a label is empty, too long or has a character
  ///   that no name may have.
  public static func ascii(_ name: Bytes) -> Bytes? {
    guard let text = String(validating: name, as: UTF8.self), let mapped = mapped(text) else {
      return nil
    }
    var result = Bytes()
    var labels = mapped.split(separator: ".", omittingEmptySubsequences: false)
    let hasRoot = labels.count > 1 && labels.last?.isEmpty == true
    if hasRoot { labels.removeLast() }
    for (index, label) in labels.enumerated() {
      guard let encoded = asciiLabel(Array(label)) else { return nil }
      if index > 0 { result.append(0x2E) }
      result.append(contentsOf: encoded)
    }
    guard result.count <= 253 else { return nil }
    if hasRoot { result.append(0x2E) }
    return result
  }

  private static func mapped(_ text: String) -> [Unicode.Scalar]? {
    var lowered = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x3002, 0xFF0E, 0xFF61: lowered.append(".")
      case 0xAD, 0x200B, 0x2060, 0xFEFF, 0xFE00...0xFE0F: continue
      case 0x1E9E: lowered.append(contentsOf: "ss".unicodeScalars)
      case 0xFF01...0xFF5E:
        guard let narrow = Unicode.Scalar(scalar.value - 0xFEE0) else { return nil }
        lowered.append(contentsOf: narrow.properties.lowercaseMapping.unicodeScalars)
      default: lowered.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    let composed = Array(String(lowered)._nfc)
    return composed.allSatisfy(isAllowed) ? composed : nil
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\u{200C}" || scalar == "\u{200D}" { return true }
    if scalar.isASCII { return scalar.value > 0x20 && scalar.value < 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
      .paragraphSeparator:
      return false
    default: return true
    }
  }

  private static func asciiLabel(_ label: [Unicode.Scalar]) -> Bytes? {
    guard let first = label.first, label.last != "-", first != "-" else { return nil }
    if label.allSatisfy(\.isASCII) {
      let bytes = label.map { UInt8(truncatingIfNeeded: $0.value) }
      return bytes.count <= 63 ? bytes : nil
    }
    switch first.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return nil
    default: break
    }
    if label.count > 3 && label[2] == "-" && label[3] == "-" { return nil }
    guard let encoded = Punycode.encode(label), encoded.count <= 59 else { return nil }
    return Bytes("xn--") + encoded
  }
}

/// The bootstring encoding of one label.
///
/// - Source: RFC 3492 §5 and §6.3
enum Punycode {
  private static let base: UInt32 = 36
  private static let minimumThreshold: UInt32 = 1
  private static let maximumThreshold: UInt32 = 26

  /// - Returns: `nil` on overflow.
  static func encode(_ label: [Unicode.Scalar]) -> Bytes? {
    var output = label.filter(\.isASCII).map { UInt8(truncatingIfNeeded: $0.value) }
    let basic = UInt32(output.count)
    if basic > 0 { output.append(0x2D) }
    var next: UInt32 = 128
    var delta: UInt32 = 0
    var bias: UInt32 = 72
    var handled = basic
    while handled < UInt32(label.count) {
      guard let smallest = label.lazy.map(\.value).filter({ $0 >= next }).min() else { return nil }
      let (step, overflow) = (smallest - next).multipliedReportingOverflow(by: handled + 1)
      let (sum, carry) = delta.addingReportingOverflow(step)
      guard !overflow, !carry else { return nil }
      delta = sum
      next = smallest
      for scalar in label {
        if scalar.value < next { delta += 1 }
        guard scalar.value == next else { continue }
        appendNumber(delta, bias: bias, to: &output)
        bias = adapted(delta, count: handled + 1, isFirst: handled == basic)
        delta = 0
        handled += 1
      }
      delta += 1
      next += 1
    }
    return output
  }

  private static func appendNumber(_ number: UInt32, bias: UInt32, to output: inout Bytes) {
    var rest = number
    var position = base
    while true {
      let threshold =
        position <= bias
        ? minimumThreshold
        : position >= bias + maximumThreshold ? maximumThreshold : position - bias
      if rest < threshold { break }
      output.append(digit(threshold + (rest - threshold) % (base - threshold)))
      rest = (rest - threshold) / (base - threshold)
      position += base
    }
    output.append(digit(rest))
  }

  private static func digit(_ value: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: value < 26 ? value + 97 : value - 26 + 48)
  }

  private static func adapted(_ delta: UInt32, count: UInt32, isFirst: Bool) -> UInt32 {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / count
    var steps: UInt32 = 0
    while delta > (base - minimumThreshold) * maximumThreshold / 2 {
      delta /= base - minimumThreshold
      steps += base
    }
    return steps + (base - minimumThreshold + 1) * delta / (delta + 38)
  }
}
