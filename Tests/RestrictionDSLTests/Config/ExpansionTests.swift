import RestrictionDSL
import Testing

@Suite struct `Expansion of names` {
  static let names: [String: String] = [
    "a": "A", "n": "", "n2": "$n", "n3": "$undefined", "lv": "3.6", "x1": "$x2", "x2": "$x1",
  ]

  func expand(_ text: String) -> Result<String, Expansion.Failure> {
    let expansion = Expansion(lookup: { Self.names[$0].map(TracedText.init) })
    do throws(Expansion.Failure) {
      return .success(try expansion.expand(TracedText(text), of: "p").text)
    } catch {
      return .failure(error)
    }
  }

  // Source: `postconf -xh relayhost` of Postfix 3.7.11 with the names above and relayhost = TEXT
  static let values: [(String, String)] = [
    ("$a", "A"), ("${a}", "A"), ("$(a)", "A"), ("$$", "$"), ("$$a", "$a"), ("$$$a", "$A"),
    ("$${a}", "${a}"), ("${ a }", "A"), ("$( a )", "A"), ("${a ?x}", "x"), ("${a? x}", " x"),
    ("${a ? x }", " x "), ("${a?{x}:{y}}", "x"), ("${a?{x}:y}", "x"), ("${n?{x}: y }", " y "),
    ("${n?{x} : {y} }", "y"), ("${a?x:y}", "x:y"), ("${n:x?y}", "x?y"), ("${n:}", ""),
    ("${n?}", ""), ("${a?}", ""), ("${a?x}}", "x}"), ("$a.b", "A.b"), ("$a2.b", ".b"),
    ("$2x", ""), ("${n2?{x}:{y}}", "x"), ("${n3?{x}:{y}}", "x"), ("${n2:{y}}", ""),
    ("${{$n2} == {} ? {x}:{y}}", "x"), ("${n?{$}:y}", "y"), ("${{A}=={A}}", "true"),
    ("${{A} == {B}}", ""), ("${{$a} == {A}?{y}:{n}}", "y"), ("${{A}=={A}?y:n}", "y:n"),
    ("${{A}=={A}:n}", ""), ("${{A}=={B}:{n}}", "n"), ("${{10}>{9}?{y}:{n}}", "y"),
    ("${{10} > {9a} ? {y} : {n}}", "n"), ("${{$lv} <level {3.10} ? {y}:{n}}", "y"),
    ("${{ A } == {A}}", ""), ("${{A} =={A} ? {y} : {n} }", "y"), ("${{1}==level{1.0.0}}", "true"),
    ("${{01}=={1}?{y}:{n}}", "y"), ("${{-1}<{0}?{y}:{n}}", "y"),
    ("${{9223372036854775807}>{100}?{y}:{n}}", "y"), ("${{b} < {B} ? {y}:{n}}", "n"),
    ("${{a} < {aa} ? {y}:{n}}", "y"), ("${{\u{E9}} > {z} ? {y}:{n}}", "y"),
    ("${{A}=={A}  ?  y }", "  y "), ("${a:$}", ""), ("${a?{x}:$}", "x"), ("${ }", ""),
    ("${a?  }", "  "), ("${a?{$(n)x}}", "x"), ("${a?{\\}}}", "\\}"), ("${a? {x} }", "x"),
    ("${{2147483648} >level {1} ? {y}:{n}}", "y"), ("${{1.+5} >level {1} ? {y}:{n}}", "y"),
    ("${{} < {1} ? {y} : {n}}", "y"), ("${{A}=={A}?{x}:{$}}", "x"), ("${{$$}=={$$}}", "true"),
  ]

  @Test(arguments: values)
  func `is that of Postfix`(text: String, value: String) {
    #expect(expand(text) == .success(value))
  }

  // Source: `postmap` of Postfix 3.7.11 with the names above and relayhost = TEXT
  static let failures: [(String, [String])] = [
    ("a$", ["empty macro name: \"a$\""]), ("$ x", ["empty macro name: \"$ x\""]),
    ("x${}", ["empty macro name: \"x${}\""]), ("$()", ["empty macro name: \"$()\""]),
    ("${a", ["truncated macro reference: \"${a\""]),
    ("${a)", ["truncated macro reference: \"${a)\""]),
    ("${{A=={B}}", ["truncated macro reference: \"${{A=={B}}\""]),
    ("${a?{x} y}", ["\":\" expected at: \"...x}>>>y\""]),
    ("${n?{x} : {y} z}", ["unexpected input at: \"...y}>>>z\""]),
    ("${n:{x}?{y}}", ["unexpected input at: \"...x}>>>?{y}\""]),
    ("${a?{x}{y}}", ["\":\" expected at: \"...x}>>>{y}\""]),
    ("${a.b}", ["attribute name syntax error at: \"...a>>>.b\""]),
    ("${  aaaaa  .bb}", ["attribute name syntax error at: \"...  aaaaa>>>  .bb\""]),
    ("${a ! x}", ["attribute name syntax error at: \"...a>>> ! x\""]),
    ("${$a}", ["attribute name syntax error at: \"...>>>$a\""]),
    (
      "${aaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}",
      ["attribute name syntax error at: \"...aaaa>>>.bbbbbbbbbbbbbbbbbbb\""]
    ),
    (
      "${{A} ~ {B}}",
      [
        "\"==\" or \"!=\"\" or \"<\"\" or \"<=\"\" or \">=\"\" or \">\" expected at: "
          + "\"...A}>>>~ {B}\""
      ]
    ),
    ("${{A}   ==   B}", ["\"{expression}\" expected at: \"...{A} ==>>>   B\""]),
    ("${ {A}   !=B}", ["bad operator suffix at: \"...!=>>>B\""]),
    ("${{3} >Level {1} ? {y}:{n}}", ["bad operator suffix at: \"...>>>>Level\""]),
    ("${{A} == {B} x}", ["\"?\" or \":\" expected at: \"...}>>>x\""]),
    ("${{A} == {B} ? {y} z}", ["\":\" expected at: \"...y}>>>z\""]),
    (
      "${{${b.c}} == {${b.d}}}",
      [
        "attribute name syntax error at: \"...b>>>.c\"",
        "attribute name syntax error at: \"...b>>>.d\"",
      ]
    ),
    ("${{A} == {${b.c}} x}", ["attribute name syntax error at: \"...b>>>.c\""]),
    ("$({A == {B})", ["unbalanced {} in attribute expression: \"{A == {B}\""]),
    ("$(a?{xxxx}:{y)", ["unbalanced {} in attribute expression: \"{y\""]),
    ("${{x} <level {y}}", ["malformed compatibility level syntax: \"x\""]),
    ("${{3.6.1024} >level {1}}", ["malformed compatibility level syntax: \"3.6.1024\""]),
    ("${{8796093022208} >level {1}}", ["malformed compatibility level syntax: \"8796093022208\""]),
    ("${{ 3 } >level {1}}", ["malformed compatibility level syntax: \" 3 \""]),
    ("$x1", ["unreasonable macro call nesting: \"x2\""]),
    ("${a?$n$}", ["empty macro name: \"$n$\""]),
  ]

  @Test(arguments: failures)
  func `fails in the words of Postfix`(text: String, messages: [String]) throws {
    let failure = try #require(throws: Expansion.Failure.self) { try expand(text).get() }
    #expect(failure.messages == messages)
    #expect(failure.fatalLine == "fatal: dictionary mail_dict: macro processing error")
  }

  // Source: as above
  @Test func `stops at a number that is too long`() throws {
    let text = "${{9999999999999999999}<{100}}"
    let failure = try #require(throws: Expansion.Failure.self) { try expand(text).get() }
    #expect(failure.messages == [])
    #expect(failure.fatalLine == "fatal: mac_exp_eval: bad conversion: 9999999999999999999")
  }

  @Test func `keeps the place of every part and how it was reached`() throws {
    let text = "list = $first,\n  last\nfirst = one ${second}\nsecond = two\n"
    let main = MainCF(SourceFile(path: "main.cf", text: text))
    let expansion = Expansion(lookup: { main.value($0) })
    let value = try #require(main.value("list"))
    let expanded = try expansion.expand(value, of: "list")
    #expect(expanded.text == "one two,  last")
    let outer = TracedText.Reference(
      from: "list", name: "first",
      range: SourceRange(file: "main.cf", line: 1, column: 8, length: 6))
    let inner = TracedText.Reference(
      from: "first", name: "second",
      range: SourceRange(file: "main.cf", line: 3, column: 13, length: 9))
    #expect(
      expanded.range(of: 4..<7) == SourceRange(file: "main.cf", line: 4, column: 10, length: 3))
    #expect(expanded.references(at: 4) == [outer, inner])
    #expect(
      expanded.range(of: 0..<7) == SourceRange(file: "main.cf", line: 3, column: 9, length: 4))
    #expect(
      expanded.range(of: 10..<14) == SourceRange(file: "main.cf", line: 2, column: 3, length: 4))
    #expect(expanded.references(at: 10) == [])
  }
}
