import Glibc
import LookupTables
import RestrictionDSL

/// Moves all tables of a configuration to another type (`--migrate`).
struct Migrate {
  let request: String
  let writes: Bool
  let console: Console

  /// - Parameter path: of main.cf
  /// - Returns: the exit status
  func run(_ path: String) -> CInt {
    let sides = request.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
      console.fatal("expected --migrate OLD=NEW, for instance hash=lmdb or hash,btree=lmdb")
    }
    let old = Set(sides[0].split(separator: ",").map(String.init))
    // A signal in between would leave half a table.
    let signals = HeldSignals()
    defer { signals.release() }
    let migration: Migration
    do throws(Migration.Failure) {
      migration = try Migration(from: old, to: sides[1], mainCF: path, machine: .current)
    } catch {
      console.fatal(error.message)
    }
    migration.steps.forEach(show)
    migration.edits.forEach(show)
    if migration.hasFailed {
      console.flush()
      console.fatal("not every table could be copied: nothing was written")
    }
    finish(migration.edits)
    return 0
  }

  private func show(_ step: Migration.Step) {
    switch step.outcome {
    case .copied(let count):
      let entries = count == 1 ? "1 entry" : "\(count) entries"
      console.text("\(step.to): \(entries) of \(step.from), all compared\n")
    case .madeAnew:
      console.text("\(step.to): made anew by its daemon; there is no file of \(step.from)\n")
    case .failed(let reason): console.text("\(step.to): not made: \(reason)\n")
    }
    for warning in step.warnings { console.line(warning) }
  }

  private func show(_ edit: ConfigurationEdit) {
    for line in edit.lines {
      console.text("\(line.file):\(line.number):\n")
      if let before = line.before { console.text("-\(before)\n") }
      console.text("+\(line.after)\n")
    }
  }

  private func finish(_ edits: [ConfigurationEdit]) {
    guard !edits.isEmpty else {
      console.text("nothing to change\n")
      return
    }
    guard writes else {
      console.text("nothing is written: say --write to change the files\n")
      return
    }
    for edit in edits {
      do throws(SystemErrno) {
        try edit.write()
      } catch {
        console.flush()
        console.fatal("write \(edit.lines.first?.file ?? ""): \(error.text)")
      }
    }
    console.text("written; now reload the mail system\n")
  }
}
