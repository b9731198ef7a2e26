import Glibc
import LookupTables
import RestrictionDSL

/// Finds mistakes in the texts of tables (`--check`).
struct Check {
  let purpose: TablePurpose
  let settings: Settings
  let tableOptions: TableOptions
  let console: Console
  let isStrict: Bool

  /// - Returns: 0 clean, 1 an error (with `--strict`: any finding), 2 a file could not be read
  func run(_ specs: [TableSpec]) -> CInt {
    var findings: [Diagnostic] = []
    var entries = 0
    for spec in specs {
      do throws(ConfigReader.Failure) {
        let check = try TableCheck(spec, purpose, settings: settings, options: tableOptions)
        let renderer = TextRenderer(files: [check.file])
        for finding in check.diagnostics { console.text(renderer.text(of: finding)) }
        findings += check.diagnostics
        entries += check.entryCount
      } catch {
        console.flush()
        console.warning("open \(error.path): \(error.reason)")
        return 2
      }
    }
    let errors = findings.filter { $0.severity == .error }.count
    let counts =
      findings.isEmpty
      ? "no findings"
      : "\(number(findings.count, "finding")) (\(number(errors, "error")))"
    console.text("\(counts); \(entries == 1 ? "1 entry" : "\(entries) entries")\n")
    return errors > 0 || isStrict && !findings.isEmpty ? 1 : 0
  }

  private func number(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
