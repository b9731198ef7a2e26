import RestrictionDSL

/// The two kinds of pattern tables, which differ in flags, in messages and in the engine.
enum PatternDialect: Hashable, Sendable {
  case regexp, pcre

  var mapName: String { self == .regexp ? "regexp map" : "pcre map" }

  /// How a rule without closing delimiter is refused.
  var delimiterAction: String { self == .regexp ? "skipping" : "ignoring" }

  var groupRangeMessage: String { self == .regexp ? "out-of-range" : "out of range" }
}

/// `!/pattern/flags`, not yet compiled.
struct PatternExpression: Hashable {
  let pattern: Bytes
  let flags: PatternFlags
  let isNegated: Bool
}

/// Flags of a pattern after toggling.
struct PatternFlags: OptionSet, Hashable {
  let rawValue: Int

  static let ignoreCase = PatternFlags(rawValue: 1)
  /// regexp: newline-sensitive; pcre: `^` and `$` at every line.
  static let multiLine = PatternFlags(rawValue: 2)
  /// regexp: extended syntax; pcre: white space and comments in the pattern.
  static let extended = PatternFlags(rawValue: 4)
  static let dotAll = PatternFlags(rawValue: 8)
  static let anchored = PatternFlags(rawValue: 16)
  static let dollarEndOnly = PatternFlags(rawValue: 32)
  static let ungreedy = PatternFlags(rawValue: 64)
}

/// One line of a pattern table.
enum PatternStatement: Hashable {
  case rule(PatternExpression, second: PatternExpression?, replacement: Bytes)
  case ifBlock(PatternExpression)
  case endBlock
}

/// Reads the lines of a pattern table; what is wrong is said through `warn`.
///
/// - Source: regexp_table(5), pcre_table(5); facts restrictions §9
struct PatternLineParser {
  let dialect: PatternDialect
  let warn: (String) -> Void

  private struct Skip: Error {}

  /// - Returns: `nil` for a line that is skipped.
  func parse(_ line: Bytes) -> PatternStatement? {
    do {
      guard let first = line.first, first.isASCIILetter || first.isASCIIDigit else {
        return try rule(line[...])
      }
      let word = line.prefix { $0.isASCIILetter || $0.isASCIIDigit }
      let rest = line[word.endIndex...].trimmedASCIISpace
      if word.equalsIgnoringCase(Bytes("if")) { return .ifBlock(try condition(rest)) }
      if word.equalsIgnoringCase(Bytes("endif")) {
        if !rest.isEmpty { warn("ignoring extra text after ENDIF") }
        return .endBlock
      }
      warn("ignoring unrecognized request")
      return nil
    } catch {
      return nil
    }
  }

  private func condition(_ text: ArraySlice<UInt8>) throws(Skip) -> PatternExpression {
    var rest = text
    let expression = try expression(&rest)
    rest = rest.drop(while: \.isASCIISpace)
    if !rest.isEmpty {
      warn("ignoring extra text after IF statement: \"\(PrintableText.of(rest, utf8: true))\"")
      warn("do not prepend whitespace to statements between IF and ENDIF")
    }
    return expression
  }

  private func rule(_ text: ArraySlice<UInt8>) throws(Skip) -> PatternStatement {
    var rest = text
    let first = try expression(&rest)
    var second: PatternExpression?
    if dialect == .regexp, rest.first == 0x21 { second = try expression(&rest) }
    let replacement = rest.trimmedASCIISpace
    if replacement.isEmpty { warn("no replacement text: using empty string") }
    return .rule(first, second: second, replacement: Bytes(replacement))
  }

  private func expression(_ rest: inout ArraySlice<UInt8>) throws(Skip) -> PatternExpression {
    var negated = false
    while let byte = rest.first, byte == 0x21 || byte.isASCIISpace {
      if byte == 0x21 { negated.toggle() }
      rest = rest.dropFirst()
    }
    guard let delimiter = rest.first else {
      warn("no regexp: skipping this rule")
      throw Skip()
    }
    let start = rest.startIndex + 1
    var end = start
    while end < rest.endIndex, rest[end] != delimiter {
      end += rest[end] == 0x5C && end + 1 < rest.endIndex ? 2 : 1
    }
    guard end < rest.endIndex else {
      let shown = PrintableText.of([delimiter], utf8: true)
      warn("no closing regexp delimiter \"\(shown)\": \(dialect.delimiterAction) this rule")
      throw Skip()
    }
    let pattern = Bytes(rest[start..<end])
    rest = rest[(end + 1)...]
    let flags = try flags(&rest)
    return PatternExpression(pattern: pattern, flags: flags, isNegated: negated)
  }

  private func flags(_ rest: inout ArraySlice<UInt8>) throws(Skip) -> PatternFlags {
    var flags: PatternFlags =
      dialect == .regexp ? [.ignoreCase, .extended] : [.ignoreCase, .dotAll]
    while let letter = rest.first, !letter.isASCIISpace, dialect == .pcre || letter != 0x21 {
      let flag: PatternFlags? =
        switch (letter, dialect) {
        case (UInt8(ascii: "i"), _): .ignoreCase
        case (UInt8(ascii: "m"), _): .multiLine
        case (UInt8(ascii: "x"), _): .extended
        case (UInt8(ascii: "s"), .pcre): .dotAll
        case (UInt8(ascii: "A"), .pcre): .anchored
        case (UInt8(ascii: "E"), .pcre): .dollarEndOnly
        case (UInt8(ascii: "U"), .pcre): .ungreedy
        case (UInt8(ascii: "X"), .pcre): []
        default: nil
        }
      guard let flag else {
        warn(
          "unknown regexp option \"\(PrintableText.of([letter], utf8: true))\": skipping this rule")
        throw Skip()
      }
      if flag == [] { warn("ignoring obsolete regexp option \"X\"") }
      flags.formSymmetricDifference(flag)
      rest = rest.dropFirst()
    }
    return flags
  }
}
