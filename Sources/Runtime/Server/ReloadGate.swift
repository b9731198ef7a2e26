import Compiler
import RestrictionDSL

/// What keeps a changed configuration from being used.
extension ServerPlan {
  /// Reads, lints and compiles, for going over to a configuration while another one is in use.
  ///
  /// Stricter than a start: what lint calls an error is refused, with its place.
  init(gated source: Source) throws(Failure) {
    try self.init(source)
    let lint: ConfigurationLint
    do { lint = try ConfigurationLint(directory: source.directory) } catch {
      throw .fatal(["fatal: open \(error.path): \(error.reason)"])
    }
    let lines = ReloadGate.lines(lint)
    if !lines.isEmpty { throw .fatal(lines) }
  }
}

/// Findings of lint as log lines.
enum ReloadGate {
  /// `error: main.cf:12:5: unknown restriction 'x' [unknown-restriction]`, one for each error.
  static func lines(_ lint: ConfigurationLint) -> [String] {
    lint.diagnostics.filter { $0.severity == .error }.map { finding in
      let place =
        finding.range.map { range in
          "\(range.file.split(separator: "/").last.map(String.init) ?? range.file):\(range.line):"
            + "\(range.column): "
        } ?? ""
      return "error: \(place)\(finding.message) [\(finding.id)]"
    }
  }
}
