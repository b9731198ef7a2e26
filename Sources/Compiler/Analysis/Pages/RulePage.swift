/// The help page of one rule: from this come `smtpd help ID`, smtpd-lint(7), and the tests, which run
/// both examples.
public struct RulePage: Sendable {
  public let id: String
  /// The real failure behind the rule.
  public let why: String
  /// Files of a configuration with the mistake: the first one is main.cf.
  public let bad: [(name: String, text: String)]
  /// The same without it.
  public let good: [(name: String, text: String)]
  public let fix: String
  /// What the examples need besides their text, and why no test can run them as they stand.
  public let state: String?
  /// Only with `--online`.
  public let needsNetwork: Bool

  init(
    _ id: String, why: String, bad: String, good: String, fix: String,
    badFiles: [(name: String, text: String)] = [], goodFiles: [(name: String, text: String)]? = nil,
    state: String? = nil, needsNetwork: Bool = false
  ) {
    self.id = id
    self.why = why
    self.bad = [("main.cf", bad)] + badFiles
    self.good = [("main.cf", good)] + (goodFiles ?? badFiles)
    self.fix = fix
    self.state = state
    self.needsNetwork = needsNetwork
  }

  /// Number and id, for instance `SP301 unknown-restriction`.
  public var title: String {
    [LintRegistry.number(of: id), id].compactMap(\.self).joined(separator: " ")
  }

  /// The page as plain text.
  public var text: String {
    var parts = [title, "", RulePage.wrapped(LintRegistry.explanation(of: id)), ""]
    parts += ["Why:", RulePage.wrapped(why, indent: "  "), ""]
    parts += ["Bad:"] + RulePage.example(bad) + ["", "Good:"] + RulePage.example(good) + [""]
    if let state { parts += [RulePage.wrapped("(\(state))"), ""] }
    parts += ["How to mend it:", RulePage.wrapped(fix, indent: "  ")]
    if needsNetwork { parts += ["", "Found with --online only."] }
    return parts.joined(separator: "\n") + "\n"
  }

  private static func example(_ files: [(name: String, text: String)]) -> [String] {
    files.flatMap { file -> [String] in
      let head = files.count > 1 ? ["  \(file.name):"] : []
      let margin = files.count > 1 ? "    " : "  "
      return head + file.text.split(separator: "\n").map { margin + $0 }
    }
  }

  private static func wrapped(_ text: String, indent: String = "") -> String {
    var lines: [String] = []
    var line = indent
    for word in text.split(separator: " ") {
      if line.count + word.count + 1 > 78, line != indent {
        lines.append(line)
        line = indent
      }
      line += (line == indent ? "" : " ") + word
    }
    return (lines + [line]).joined(separator: "\n")
  }
}

extension LintRegistry {
  /// Every page, in the order of numbers, those without number last.
  public static let pages: [RulePage] =
    [RulePages.relaying, RulePages.lists, RulePages.words, RulePages.tables, RulePages.mail]
    .flatMap(\.self).sorted { left, right in
      let (first, second) = (number(of: left.id) ?? "T", number(of: right.id) ?? "T")
      return (first, left.id) < (second, right.id)
    }

  /// The page of an id or a number; of several rules with one number the first.
  public static func page(_ name: String) -> RulePage? {
    pages.first { $0.id == name } ?? pages.first { number(of: $0.id) == name }
  }

  /// Every page of an id or a number.
  public static func pages(of name: String) -> [RulePage] {
    pages.filter { $0.id == name || number(of: $0.id) == name }
  }

  /// Every id.
  public static let ids: [String] = explanations.map(\.id)

  /// What the rule is about.
  public static func explanation(of id: String) -> String {
    explanations.first { $0.id == id }?.explanation ?? ""
  }

  /// smtpd-lint(7), in mdoc.
  public static var manual: String {
    var lines = [
      ".\\\" Made by `make docs` from Sources/Compiler/Analysis/Pages: do not edit.",
      ".Dd November 25, 2026", ".Dt SMTPD-LINT 7", ".Os", ".Sh NAME", ".Nm smtpd-lint",
      ".Nd the mistakes that smtpd lint finds", ".Sh DESCRIPTION",
      "Every finding of", ".Xr smtpd 8", ".Cm lint",
      "has the id of its rule, and many a number.",
      "This is what", ".Ql smtpd help ID", "prints about each of them.",
    ]
    for page in pages {
      lines += [".Ss \(page.title)", mdoc(explanation(of: page.id))]
      lines += [".Pp", mdoc(page.why)]
      for (title, files) in [("Bad:", page.bad), ("Good:", page.good)] {
        lines += [".Pp", title, ".Bd -literal -offset indent"]
        for file in files {
          if files.count > 1 { lines.append("\(file.name):") }
          lines += file.text.split(separator: "\n").map { mdoc(String($0)) }
        }
        lines.append(".Ed")
      }
      if let state = page.state { lines += [".Pp", mdoc("(\(state))")] }
      lines += [".Pp", mdoc(page.fix)]
      if page.needsNetwork { lines += ["Found with", ".Fl \\-online", "only."] }
    }
    lines += [".Sh SEE ALSO", ".Xr smtpd 8 ,", ".Xr postconf 5 ,", ".Xr access 5"]
    return lines.map { $0 + "\n" }.joined()
  }

  /// Text of which roff makes nothing else.
  private static func mdoc(_ text: String) -> String {
    var result = ""
    for character in text { result += character == "\\" ? "\\e" : String(character) }
    return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&" + result : result
  }
}
