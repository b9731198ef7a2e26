import RestrictionDSL

/// The rules of a pattern table: a file of logical lines, or `{ {rule}, {rule} }` in the name.
///
/// - Source: cidr_table(5), regexp_table(5), pcre_table(5)
struct RuleLines {
  /// One logical line and its number.
  struct Line {
    let number: Int
    let text: Bytes
  }

  let lines: [Line]

  /// - Parameter what: `cidr map`, `regexp map`, `pcre map`.
  init(name: String, what: String, opening: TableOpening) throws(OpenFailure) {
    if name.utf8.first == 0x7B {
      lines = try RuleLines.inline(Bytes(name), what)
      return
    }
    let reader: FileReader
    do { reader = try FileReader(path: name) } catch {
      throw OpenFailure("open \(name): \(error.text)")
    }
    var source = LogicalLines(name: name, reader: reader, utf8: opening.options.printsUTF8)
    var lines: [Line] = []
    var text: Bytes = []
    do {
      while try source.next(into: &text) {
        source.takeWarnings().forEach { opening.warn("warning: \($0)") }
        let rule = Bytes(text.trimmedASCIISpace)
        // A line may begin with a NUL: the pattern types skip what is left of it.
        if rule.isEmpty && what != "cidr map" { continue }
        lines.append(Line(number: source.number, text: rule))
      }
    } catch {
      // A directory reads as nothing in all but the cidr type.
      if what == "cidr map" { throw OpenFailure("\(what) \(name): read error: \(error.text)") }
    }
    source.takeWarnings().forEach { opening.warn("warning: \($0)") }
    self.lines = lines
  }

  private static func inline(_ name: Bytes, _ what: String) throws(OpenFailure) -> [Line] {
    do {
      let body = try BraceText.unbraced(name[...])
      var lines: [Line] = []
      var number = 0
      for token in BraceText.tokens(body) {
        number += 1
        let rule = try BraceText.unbraced(token)
        if !rule.isEmpty { lines.append(Line(number: number, text: Bytes(rule))) }
      }
      return lines
    } catch {
      throw OpenFailure("\(what): \(error.message)")
    }
  }
}
