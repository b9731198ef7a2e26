/// What stands where a table is expected: `type:name`, or the form in braces with attributes.
///
/// - Source: postconf(5) check_ccert_access; observed on 3.7.11
public enum TableReference: Hashable, Sendable {
  /// What check_ccert_access may look up.
  public static let searchTypes = [
    "cert_fingerprint", "pubkey_fingerprint", "issuer_cn", "subject_cn",
  ]

  case plain(TableSpec)
  /// `{ type:name { search_order = a, b } }`
  case attributed(TableSpec, searchOrder: [String])
  /// `table` is opened all the same where there is one; `messages` are what start-up says.
  case malformed(table: TableSpec?, messages: [String])

  /// - Returns: `nil` where the text is no table at all: no colon and no brace at the start.
  public init?(_ text: String) {
    guard text.utf8.first == 0x7B else {
      guard let spec = TableSpec(text) else { return nil }
      self = .plain(spec)
      return
    }
    guard let inner = text.insideBraces else {
      self = .malformed(table: nil, messages: ["malformed map specification: '\(text)'"])
      return
    }
    let parts = Settings.split(inner)
    guard let spec = parts.first.flatMap({ TableSpec($0) }) else {
      self = .malformed(
        table: nil,
        messages: [
          "malformed map specification: '\(text)'",
          "expected maptype:mapname instead of '\(parts.first ?? "")'",
        ])
      return
    }
    var order: [String] = []
    for part in parts.dropFirst() {
      switch TableReference.searchOrder(part, in: text) {
      case .success(let types): order = types
      case .failure(let problem):
        self = .malformed(table: spec, messages: [problem.message])
        return
      }
    }
    self = .attributed(spec, searchOrder: order)
  }

  private struct Problem: Error {
    let message: String
  }

  private static func searchOrder(
    _ attribute: String, in text: String
  ) -> Result<[String], Problem> {
    guard let (name, value) = (attribute.insideBraces ?? attribute).nameAndValue else {
      return .failure(
        Problem(message: "malformed map attribute in '\(text)': 'missing '=' after attribute name'")
      )
    }
    guard name.asciiLowercased == "search_order" else {
      return .failure(Problem(message: "unknown map attribute in '\(text)': '\(name)'"))
    }
    let types = Settings.split(value)
    for type in types where !searchTypes.contains(type.asciiLowercased) {
      return .failure(Problem(message: "unknown search type '\(type)' in '\(text)'"))
    }
    return .success(types.map(\.asciiLowercased))
  }

  /// The table to open at start.
  public var table: TableSpec? {
    switch self {
    case .plain(let spec), .attributed(let spec, _): spec
    case .malformed(let spec, _): spec
    }
  }
}

extension String {
  /// What stands between a brace at the start and its partner at the end, with its blanks.
  ///
  /// - Returns: `nil` where the partner is missing or is not the last character.
  var insideBraces: String? {
    let bytes = Bytes(self)
    guard bytes.first == 0x7B else { return nil }
    var depth = 0
    for (index, byte) in bytes.enumerated() {
      if byte == 0x7B { depth += 1 }
      if byte == 0x7D { depth -= 1 }
      if depth == 0 { return index == bytes.count - 1 ? bytes[1..<index].text : nil }
    }
    return nil
  }

  /// Both sides of the first `=`, trimmed; `nil` without one.
  var nameAndValue: (name: String, value: String)? {
    let bytes = Bytes(self)
    guard let equals = bytes.firstIndex(of: 0x3D) else { return nil }
    return (
      bytes[..<equals].trimmedASCIISpace.text, bytes[(equals + 1)...].trimmedASCIISpace.text
    )
  }
}
