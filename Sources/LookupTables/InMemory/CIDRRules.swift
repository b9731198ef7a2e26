import RestrictionDSL

/// A network as a cidr table names it, perhaps negated.
struct CIDRPattern: Hashable {
  let network: IPNetwork
  let isNegated: Bool

  /// What is wrong with a pattern, in Postfix's words.
  struct SyntaxError: Error, Hashable {
    let message: String
  }

  /// Parses `net/len`, `[v6]/len`, `[v6/len]` or an address.
  init(_ text: ArraySlice<UInt8>, negated: Bool) throws(SyntaxError) {
    isNegated = negated
    var pattern = text
    if text.first == 0x5B {
      guard let close = text.firstIndex(of: 0x5D) else {
        throw SyntaxError(
          message: "missing ']' character after \"\(PrintableText.of(text, utf8: true))\"")
      }
      let rest = text[(close + 1)...]
      guard rest.isEmpty || rest.first == 0x2F else {
        throw SyntaxError(message: "garbage after \"\(text[...close].text)\"")
      }
      pattern = (text[(text.startIndex + 1)..<close] + rest)[...]
    }
    guard let slash = pattern.firstIndex(of: 0x2F) else {
      guard let address = IPAddress(pattern),
        let host = IPNetwork(address, prefixLength: address.bitWidth)
      else {
        throw SyntaxError(
          message: "bad address pattern: \"\(PrintableText.of(pattern, utf8: true))\"")
      }
      network = host
      return
    }
    let mask = pattern[(slash + 1)...]
    guard !mask.isEmpty, mask.allSatisfy(\.isASCIIDigit) else {
      throw SyntaxError(message: "bad mask value in \"\(PrintableText.of(pattern, utf8: true))\"")
    }
    guard let address = IPAddress(pattern[..<slash]) else {
      throw SyntaxError(
        message: "bad network value in \"\(PrintableText.of(pattern, utf8: true))\"")
    }
    guard let length = Int(mask.text), length <= address.bitWidth else {
      throw SyntaxError(message: "bad mask length in \"\(PrintableText.of(pattern, utf8: true))\"")
    }
    guard let network = IPNetwork(address, prefixLength: length) else {
      throw SyntaxError(
        message:
          "non-null host address bits in \"\(PrintableText.of(pattern, utf8: true))\", perhaps you should use "
          + "\"\(address.masked(to: length))/\(length)\" instead")
    }
    self.network = network
  }
}

/// The rules of a cidr table in file order.
struct CIDRRules {
  /// A rule with the patterns of the IF blocks around it, outermost first.
  struct Rule {
    let pattern: CIDRPattern
    let conditions: [CIDRPattern]
    let value: Bytes
    let line: Int
  }

  private(set) var rules: [Rule] = []

  init(_ source: RuleLines, name: String, opening: TableOpening) {
    var blocks: [(pattern: CIDRPattern, number: Int)] = []
    for line in source.lines {
      do throws(CIDRPattern.SyntaxError) {
        let text = line.text[...]
        if let rest = CIDRRules.statement("if", text) {
          blocks.append((try CIDRRules.pattern(rest), line.number))
        } else if let rest = CIDRRules.statement("endif", text) {
          guard rest.trimmedASCIISpace.isEmpty else {
            throw CIDRPattern.SyntaxError(message: "garbage after ENDIF")
          }
          guard blocks.popLast() != nil else {
            throw CIDRPattern.SyntaxError(message: "ENDIF without IF")
          }
        } else {
          let (negated, rest) = CIDRRules.negation(text)
          let end = rest.firstIndex(where: \.isASCIISpace) ?? rest.endIndex
          guard rest.startIndex < end else {
            throw CIDRPattern.SyntaxError(message: "no address pattern")
          }
          let pattern = try CIDRPattern(rest[..<end], negated: negated)
          let value = rest[end...].trimmedASCIISpace
          guard !value.isEmpty else {
            throw CIDRPattern.SyntaxError(message: "no lookup result")
          }
          let content: Bytes
          do { content = try opening.value(Bytes(value)) } catch {
            throw CIDRPattern.SyntaxError(message: error.reason)
          }
          rules.append(
            Rule(
              pattern: pattern, conditions: blocks.map(\.pattern), value: content,
              line: line.number))
        }
      } catch {
        opening.warn(
          "warning: cidr map \(name), line \(line.number): \(error.message): skipping this rule")
      }
    }
    for block in blocks.reversed() {
      opening.warn("warning: cidr map \(name), line \(block.number): IF has no matching ENDIF")
    }
  }

  /// What follows a statement word; `nil` where the line is another.
  private static func statement(
    _ word: String, _ text: ArraySlice<UInt8>
  ) -> ArraySlice<UInt8>? {
    // Most lines are neither.
    guard text.first?.asciiLowercased == word.utf8.first else { return nil }
    guard text.prefix(word.utf8.count).equalsIgnoringCase(Bytes(word)) else { return nil }
    let rest = text.dropFirst(word.utf8.count)
    if let next = rest.first, next.isASCIILetter || next.isASCIIDigit { return nil }
    return rest
  }

  private static func pattern(
    _ text: ArraySlice<UInt8>
  ) throws(CIDRPattern.SyntaxError) -> CIDRPattern {
    let (negated, rest) = negation(text.drop(while: \.isASCIISpace))
    let body = rest.trimmedASCIISpace
    guard !body.isEmpty else {
      throw CIDRPattern.SyntaxError(message: "no address pattern")
    }
    return try CIDRPattern(body, negated: negated)
  }

  /// Takes `!` and the blanks around it from the front; two of them undo each other.
  private static func negation(_ text: ArraySlice<UInt8>) -> (Bool, ArraySlice<UInt8>) {
    var negated = false
    var rest = text
    while let first = rest.first, first == 0x21 || first.isASCIISpace {
      if first == 0x21 { negated.toggle() }
      rest = rest.dropFirst()
    }
    return (negated, rest)
  }
}
