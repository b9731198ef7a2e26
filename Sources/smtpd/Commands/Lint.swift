import ArgumentParser
import Compiler
import Glibc
import RestrictionDSL
import Runtime

/// `smtpd lint`: what is wrong with a configuration.
struct Lint: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif }

  static let configuration = CommandConfiguration(
    abstract: "Find mistakes in a configuration.",
    discussion: """
      Checks main.cf with every smtpd service of master.cf, opens the local tables, and asks nothing over \
      the network. Exit status: 0 clean, 1 a finding of severity error (with --strict: any finding), 2 the \
      configuration could not be read. A remark `# smtpd-lint: allow ID -- reason` directly above a \
      parameter silences one rule there.
      """)

  @Option(name: .short, help: "Configuration directory.")
  var config = ConfigReader.defaultDirectory

  @Option(help: "text, json or sarif.")
  var format = Format.text

  @Flag(help: "Fail on warnings too.")
  var strict = false

  @Flag(help: "Report what is merely worth knowing too.")
  var info = false

  @Option(help: "Print what a rule is about, by id or number, and stop.")
  var explain: String?

  func run() throws {
    if let explain { return try printExplanation(explain) }
    let lint: ConfigurationLint
    do throws(ConfigReader.Failure) {
      lint = try ConfigurationLint(directory: config, includesInfo: info)
    } catch {
      StandardError.write("smtpd lint: open \(error.path): \(error.reason)")
      throw ExitCode(2)
    }
    print(rendered(lint), terminator: "")
    let fails = lint.diagnostics.contains { strict || $0.severity == .error }
    if fails { throw ExitCode(1) }
  }

  private func rendered(_ lint: ConfigurationLint) -> String {
    switch format {
    case .json: return JSONRenderer.text(of: lint.diagnostics, number: LintRegistry.number(of:))
    case .sarif:
      return SARIFRenderer.text(of: lint.diagnostics, rules: LintRegistry.explanations)
    case .text:
      let renderer = TextRenderer(files: lint.files)
      return lint.diagnostics.map(renderer.text).joined() + summary(lint) + "\n"
    }
  }

  private func summary(_ lint: ConfigurationLint) -> String {
    let errors = lint.diagnostics.filter { $0.severity == .error }.count
    let warnings = lint.diagnostics.filter { $0.severity == .warning }.count
    let total = lint.diagnostics.count
    guard total > 0 else { return "no findings; \(lint.scope)" }
    return "\(total) finding\(total == 1 ? "" : "s") (\(errors) error\(errors == 1 ? "" : "s"), "
      + "\(warnings) warning\(warnings == 1 ? "" : "s")); \(lint.scope)"
  }

  private func printExplanation(_ id: String) throws {
    guard
      let rule = LintRegistry.explanations.first(where: {
        $0.id == id || LintRegistry.number(of: $0.id) == id
      })
    else {
      StandardError.write("smtpd lint: no rule '\(id)'")
      throw ExitCode(2)
    }
    print("\(rule.id): \(rule.explanation)")
  }
}
