import ArgumentParser
import Compiler
import Glibc
import RestrictionDSL
import Runtime

/// `smtpd lint`: what is wrong with a configuration.
struct Lint: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif, github }
  enum Level: String, ExpressibleByArgument, CaseIterable { case error, warning, info }

  static let configuration = CommandConfiguration(
    abstract: "Find mistakes in a configuration.",
    discussion: """
      Checks main.cf with every smtpd service of master.cf, opens the local tables, reads their rows, and \
      asks nothing over the network without --online. Exit status: 0 clean, 1 a finding of severity error \
      (see --fail-level; with --strict: any finding), 2 could not run. A remark \
      `# smtpd-lint: allow ID -- reason` directly above a parameter or a service silences one rule there; \
      `smtpd help ID` explains it.
      """)

  @Option(name: .short, help: "Configuration directory.")
  var config = ConfigReader.defaultDirectory

  @Option(help: "text, json, sarif or github.")
  var format = Format.text

  @Flag(help: "Fail on any finding.")
  var strict = false

  @Option(help: "The least severity that fails: error, warning or info.")
  var failLevel = Level.error

  @Flag(help: "Report what is merely worth knowing too.")
  var info = false

  @Flag(help: "Ask the DNS about lists and hosts too.")
  var online = false

  @Option(help: "A file with known findings, which are not reported.")
  var baseline: String?

  @Option(help: "Write the findings to a baseline file, and stop.")
  var writeBaseline: String?

  @Flag(help: "Make the changes that findings offer, and check again.")
  var fix = false

  @Option(help: "Print what a rule is about, by id or number, and stop.")
  var explain: String?

  func run() throws {
    if let explain { return try printExplanation(explain) }
    var lint = try read()
    if fix {
      let fixed = FixWriter(known(lint), files: lint.files, options: lint.tableOptions)
      for message in fixed.messages { StandardError.write("smtpd lint: \(message)") }
      for failure in fixed.failures { StandardError.write("smtpd lint: \(failure)") }
      lint = try read()
      if !fixed.failures.isEmpty {
        report(lint, known(lint))
        throw ExitCode(2)
      }
    }
    if let writeBaseline { return try write(Baseline(lint.diagnostics), to: writeBaseline) }
    let findings = known(lint)
    report(lint, findings)
    if findings.contains(where: fails) { throw ExitCode(1) }
  }

  private func read() throws -> ConfigurationLint {
    var options = ConfigurationLint.Options()
    options.includesInfo = info
    if online {
      do { try options.goOnline() } catch {
        StandardError.write("smtpd lint: no resolver: \(error)")
        throw ExitCode(2)
      }
    }
    if let baseline, !SmallFile.isReadable(baseline) {
      StandardError.write("smtpd lint: open \(baseline): cannot be read")
      throw ExitCode(2)
    }
    do throws(ConfigReader.Failure) {
      return try ConfigurationLint(directory: config, options)
    } catch {
      StandardError.write("smtpd lint: open \(error.path): \(error.reason)")
      throw ExitCode(2)
    }
  }

  /// Findings that no baseline knows.
  private func known(_ lint: ConfigurationLint) -> [Diagnostic] {
    guard let baseline else { return lint.diagnostics }
    return Baseline(SmallFile.contents(of: baseline)).filter(lint.diagnostics)
  }

  private func fails(_ diagnostic: Diagnostic) -> Bool {
    if strict { return true }
    switch failLevel {
    case .error: return diagnostic.severity == .error
    case .warning: return diagnostic.severity != .info
    case .info: return true
    }
  }

  private func write(_ baseline: Baseline, to path: String) throws {
    guard SmallFile.write(Bytes(baseline.text), to: path) else {
      StandardError.write("smtpd lint: write \(path): \(String(cString: strerror(errno)))")
      throw ExitCode(2)
    }
  }

  private func report(_ lint: ConfigurationLint, _ findings: [Diagnostic]) {
    let number = LintRegistry.number(of:)
    switch format {
    case .json: print(JSONRenderer.text(of: findings, number: number), terminator: "")
    case .sarif:
      print(SARIFRenderer.text(of: findings, rules: LintRegistry.explanations), terminator: "")
    case .github: print(GitHubRenderer.text(of: findings, number: number), terminator: "")
    case .text:
      let renderer = TextRenderer(files: lint.files, number: { LintRegistry.number(of: $0) })
      print(findings.map(renderer.text).joined() + summary(lint, findings))
    }
  }

  private func summary(_ lint: ConfigurationLint, _ findings: [Diagnostic]) -> String {
    let errors = findings.filter { $0.severity == .error }.count
    let warnings = findings.filter { $0.severity == .warning }.count
    let total = findings.count
    guard total > 0 else { return "no findings; \(lint.scope)" }
    return "\(total) finding\(total == 1 ? "" : "s") (\(errors) error\(errors == 1 ? "" : "s"), "
      + "\(warnings) warning\(warnings == 1 ? "" : "s")); \(lint.scope)"
  }

  private func printExplanation(_ name: String) throws {
    let pages = LintRegistry.pages(of: name)
    guard !pages.isEmpty else {
      StandardError.write("smtpd lint: no rule '\(name)'")
      throw ExitCode(2)
    }
    for page in pages { print("\(page.id): \(LintRegistry.explanation(of: page.id))") }
  }
}
