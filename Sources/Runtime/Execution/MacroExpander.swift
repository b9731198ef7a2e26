import RestrictionDSL

/// Expands `$name` and the conditional forms in a reply template: reject footers, DNS list replies.
///
/// - Source: postconf(5) smtpd_reject_footer, default_rbl_reply, smtpd_expansion_filter; facts
///   restrictions.md §10.3
public struct MacroExpander {
  /// What became of a template.
  public struct Result: Hashable, Sendable {
    public var text: Bytes = []
    /// A name was unknown, or the template cannot be parsed.
    public var isBad = false
    /// Names that were unknown, in order, each as often as it was met.
    public var unknownNames: [Bytes] = []

    /// The lines that Postfix logs for ``unknownNames``.
    public var warnings: [String] {
      unknownNames.map { "warning: unknown macro name \"\($0.text)\" in expansion request" }
    }
  }

  private let filter: Filter
  private let value: (Bytes) -> Bytes?
  private var result = Result()

  /// Expands a template.
  ///
  /// - Parameter value: the value of a name; `nil` where the name is unknown. Empty is a value.
  public static func expand(
    _ template: Bytes, filter: Filter = Filter(), value: (Bytes) -> Bytes?
  ) -> Result {
    withoutActuallyEscaping(value) { value in
      var expander = MacroExpander(filter: filter, value: value)
      let text = expander.expand(template[...], depth: 0)
      expander.result.text = text
      return expander.result
    }
  }

  private init(filter: Filter, value: @escaping (Bytes) -> Bytes?) {
    self.filter = filter
    self.value = value
  }

  private mutating func expand(_ template: ArraySlice<UInt8>, depth: Int) -> Bytes {
    guard depth <= 100 else {
      result.isBad = true
      return []
    }
    var text = Bytes()
    var index = template.startIndex
    while index < template.endIndex {
      let byte = template[index]
      index += 1
      guard byte == 0x24, index < template.endIndex else {
        text.append(byte)
        continue
      }
      switch template[index] {
      case 0x24:
        text.append(0x24)
        index += 1
      case 0x7B, 0x28:
        let close: UInt8 = template[index] == 0x7B ? 0x7D : 0x29
        guard let end = MacroExpander.closing(template, from: index, close: close) else {
          result.isBad = true
          return text
        }
        text.append(contentsOf: reference(template[(index + 1)..<end], depth: depth))
        index = end + 1
      default:
        let name = template[index...].prefix(while: MacroExpander.isNameByte)
        guard !name.isEmpty else {
          result.isBad = true
          return text
        }
        text.append(contentsOf: inserted(lookUp(name)))
        index = name.endIndex
      }
    }
    return text
  }

  /// What stands between the braces: `name`, `name?text`, `name:text`, `name?{a}:{b}`, `{l} op {r} ? {a} : {b}`.
  private mutating func reference(_ body: ArraySlice<UInt8>, depth: Int) -> Bytes {
    var rest = body.drop { $0.isASCIISpace }
    let subject: Bytes
    if rest.first == 0x7B {
      guard let comparison = comparison(&rest, depth: depth) else {
        result.isBad = true
        return []
      }
      subject = comparison
    } else {
      let name = rest.prefix(while: MacroExpander.isNameByte)
      guard !name.isEmpty else {
        result.isBad = true
        return []
      }
      rest = rest[name.endIndex...].drop { $0.isASCIISpace }
      subject = lookUp(name)
    }
    guard let mark = rest.first else { return inserted(subject) }
    let choice = rest.dropFirst()
    switch mark {
    case 0x3F:
      let (yes, no) = MacroExpander.alternatives(choice)
      guard let no else { return subject.isEmpty ? [] : expand(yes, depth: depth + 1) }
      return expand(subject.isEmpty ? no : yes, depth: depth + 1)
    case 0x3A:
      return subject.isEmpty ? expand(MacroExpander.unbraced(choice), depth: depth + 1) : []
    default:
      result.isBad = true
      return []
    }
  }

  private mutating func comparison(_ rest: inout ArraySlice<UInt8>, depth: Int) -> Bytes? {
    guard let left = MacroExpander.group(&rest) else { return nil }
    rest = rest.drop { $0.isASCIISpace }
    let mark = Bytes(rest.prefix { [0x3D, 0x21, 0x3C, 0x3E].contains($0) })
    rest = rest.dropFirst(mark.count).drop { $0.isASCIISpace }
    guard let right = MacroExpander.group(&rest) else { return nil }
    rest = rest.drop { $0.isASCIISpace }
    let (l, r) = (expand(left, depth: depth + 1), expand(right, depth: depth + 1))
    let order: Int
    if !l.isEmpty, !r.isEmpty, let a = Int(l.text), let b = Int(r.text),
      l.allSatisfy(\.isASCIIDigit), r.allSatisfy(\.isASCIIDigit)
    {
      order = a == b ? 0 : a < b ? -1 : 1
    } else {
      order = l == r ? 0 : l.lexicographicallyPrecedes(r) ? -1 : 1
    }
    let holds: Bool
    switch mark.text {
    case "==": holds = order == 0
    case "!=": holds = order != 0
    case "<": holds = order < 0
    case "<=": holds = order <= 0
    case ">": holds = order > 0
    case ">=": holds = order >= 0
    default: return nil
    }
    return holds ? Bytes("true") : []
  }

  private mutating func lookUp(_ name: ArraySlice<UInt8>) -> Bytes {
    if let value = value(Bytes(name)) { return value }
    result.isBad = true
    result.unknownNames.append(Bytes(name))
    return []
  }

  private func inserted(_ value: Bytes) -> Bytes { value.map { filter.allows($0) ? $0 : 0x5F } }

  /// `{a}:{b}`, `{a}:b`, or one text.
  private static func alternatives(
    _ text: ArraySlice<UInt8>
  ) -> (ArraySlice<UInt8>, ArraySlice<UInt8>?) {
    var rest = text.drop { $0.isASCIISpace }
    guard rest.first == 0x7B, let yes = group(&rest) else { return (text, nil) }
    rest = rest.drop { $0.isASCIISpace }
    guard rest.first == 0x3A else { return rest.isEmpty ? (yes, nil) : (text, nil) }
    return (yes, unbraced(rest.dropFirst()))
  }

  /// The content of one pair of braces around the whole text, or the text.
  private static func unbraced(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = text.drop { $0.isASCIISpace }
    guard rest.first == 0x7B, let inner = group(&rest), rest.allSatisfy(\.isASCIISpace) else {
      return text
    }
    return inner
  }

  /// Takes a balanced `{…}` from the front and returns its content.
  private static func group(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard rest.first == 0x7B, let end = closing(rest, from: rest.startIndex, close: 0x7D) else {
      return nil
    }
    let inner = rest[(rest.startIndex + 1)..<end]
    rest = rest[(end + 1)...]
    return inner
  }

  private static func closing(_ text: ArraySlice<UInt8>, from start: Int, close: UInt8) -> Int? {
    let open = text[start]
    var depth = 0
    for index in start..<text.endIndex {
      if text[index] == open { depth += 1 }
      if text[index] == close {
        depth -= 1
        if depth == 0 { return index }
      }
    }
    return nil
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isASCIIDigit || byte == 0x5F
  }
}
