/// `{left} OP {right}` inside `${ }`.
///
/// Both sides are expanded. Two runs of digits compare as numbers, anything else by bytes. An
/// operator followed by `level` compares compatibility levels.
///
/// - Source: postconf(5), "The general format of the main.cf file"; facts §10.3
struct Comparison {
  enum Relation: String, CaseIterable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
      switch self {
      case .equal: left == right
      case .unequal: left != right
      case .less: left < right
      case .lessOrEqual: left <= right
      case .greater: left > right
      case .greaterOrEqual: left >= right
      }
    }
  }

  let left: TracedText
  let right: TracedText
  let relation: Relation
  let comparesLevels: Bool

  /// Reads a comparison; `body` is at the first brace, and then behind the second operand.
  init(_ body: inout MacroBody, _ expansion: Expansion, _ context: Expansion.Context)
    throws(Expansion.Failure)
  {
    left = try expansion.braced(&body, context)
    body.skipBlanks()
    let start = body.position
    body.skip { $0 == 0x3D || $0 == 0x21 || $0 == 0x3C || $0 == 0x3E }
    let symbol = body.text.bytes[start..<body.position].text
    guard let relation = Relation(rawValue: symbol) else {
      body.position = start
      throw expansion.failure(
        "\"==\" or \"!=\"\" or \"<\"\" or \"<=\"\" or \">=\"\" or \">\" expected", body,
        before: left.text + "}", context)
    }
    self.relation = relation
    let suffixStart = body.position
    body.skip { $0.isASCIILetter || $0.isASCIIDigit }
    let suffix = body.text.bytes[suffixStart..<body.position].text
    guard suffix.isEmpty || suffix == "level" else {
      body.position = suffixStart
      throw expansion.failure(
        "bad operator suffix", body, before: symbol, after: suffix, context)
    }
    comparesLevels = !suffix.isEmpty
    let operatorEnd = body
    body.skipBlanks()
    guard body.next == 0x7B else {
      throw expansion.failure(
        "\"{expression}\" expected", operatorEnd, before: "{\(left.text)} \(symbol)\(suffix)",
        context)
    }
    right = try expansion.braced(&body, context)
  }

  func holds(_ expansion: Expansion, _ context: Expansion.Context) throws(Expansion.Failure)
    -> Bool
  {
    let (left, right) = try operands(expansion, context)
    guard expansion.visit == nil else { return false }
    if comparesLevels {
      return relation.holds(
        try level(left, self.left, context), try level(right, self.right, context))
    }
    if Comparison.isNumber(left) && Comparison.isNumber(right) {
      return relation.holds(
        try number(left, self.left, context), try number(right, self.right, context))
    }
    let order = left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    return relation.holds(order, 0)
  }

  /// Both sides expanded; mistakes of both are reported together.
  private func operands(_ expansion: Expansion, _ context: Expansion.Context)
    throws(Expansion.Failure) -> (Bytes, Bytes)
  {
    var failure: Expansion.Failure?
    var values: [Bytes] = []
    for side in [left, right] {
      do throws(Expansion.Failure) {
        var output = TracedText()
        try expansion.expand(side, context, into: &output)
        values.append(output.bytes)
      } catch {
        if failure == nil { failure = error } else { failure?.messages += error.messages }
      }
    }
    if let failure { throw failure }
    return (values[0], values[1])
  }

  private static func isNumber(_ bytes: Bytes) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy(\.isASCIIDigit)
  }

  private func number(_ bytes: Bytes, _ text: TracedText, _ context: Expansion.Context)
    throws(Expansion.Failure) -> Int64
  {
    if let value = Int64(bytes.text) { return value }
    throw Expansion.Failure(
      messages: [], range: text.range(of: 0..<text.bytes.count), via: context.via,
      fatal: "fatal: mac_exp_eval: bad conversion: \(bytes.text)")
  }

  private func level(_ bytes: Bytes, _ text: TracedText, _ context: Expansion.Context)
    throws(Expansion.Failure) -> CompatibilityLevel
  {
    if let value = CompatibilityLevel(bytes) { return value }
    throw Expansion.Failure(
      messages: ["malformed compatibility level syntax: \"\(bytes.text)\""],
      range: text.range(of: 0..<text.bytes.count), via: context.via)
  }
}

/// A value of `compatibility_level`: `N`, `N.N` or `N.N.N`; the parts are compared as numbers.
///
/// - Source: postconf(5) compatibility_level
public struct CompatibilityLevel: Hashable, Sendable, Comparable {
  public let major: Int
  /// 0…1023.
  public let minor: Int
  /// 0…1023.
  public let patch: Int

  public init(_ major: Int, _ minor: Int = 0, _ patch: Int = 0) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// - Returns: `nil` where Postfix says `malformed compatibility level syntax`.
  public init?(_ text: some Collection<UInt8>) {
    let fields = text.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard (1...3).contains(fields.count) else { return nil }
    var parts = [0, 0, 0]
    for (index, field) in fields.enumerated() {
      // As strtol(3) reads: blanks and a sign may come first.
      let digits = Bytes(field.drop { $0.isASCIISpace })
      guard let number = Int(digits.text), number >= 0 else { return nil }
      guard number <= (index == 0 ? Int.max >> 20 : 1023) else { return nil }
      parts[index] = number
    }
    self.init(parts[0], parts[1], parts[2])
  }

  public static func < (left: CompatibilityLevel, right: CompatibilityLevel) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }
}
