import Analysis
import ArgumentParser
import Glibc
import RestrictionDSL

/// `smtpd diff`: which sessions end differently under another configuration.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare what two configurations do, for every session.",
    discussion: """
      Services of the same name are compared. Every class of sessions whose end changes is shown with a \
      session that was played under both. --intent names a file of lines 'KIND [client=NETWORK] \
      [name=DOMAIN] [helo=DOMAIN] [sender=PATTERN] [recipient=PATTERN]' that say what may change; KIND is \
      wider, narrower, text, effect or any. Exit status: 0 nothing changed outside the intent, 1 something \
      did, 2 equality is not proved, 66 a file could not be read.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "Directory of the old configuration.")
  var old: String

  @Argument(help: "Directory of the new configuration.")
  var new: String

  @Option(help: "File that says what may change.")
  var intent: String?

  @Option(help: "text or json.")
  var format = Format.text

  func run() throws {
    let before = try Analysed.configuration(old, command: "diff", failure: 66)
    let after = try Analysed.configuration(new, command: "diff", failure: 66)
    let allowed = try intent.map(readIntent)
    let missing = before.services.map(\.name).filter { after.service($0) == nil }
    let added = after.services.map(\.name).filter { before.service($0) == nil }
    let differences = after.services.compactMap { service in
      before.service(service.name).map { PolicyComparison($0, service, intent: allowed).run() }
    }
    print(
      format == .json
        ? DifferenceText.json(differences, missing: missing, added: added)
        : DifferenceText.text(differences, missing: missing, added: added), terminator: "")
    if !missing.isEmpty || !added.isEmpty || differences.contains(where: \.hasCollateral) {
      throw ExitCode(1)
    }
    if differences.contains(where: { !$0.gaps.isEmpty }) { throw ExitCode(2) }
  }

  private func readIntent(_ path: String) throws -> Intent {
    let file: SourceFile
    do throws(ConfigReader.Failure) { file = try ConfigReader.file(path) } catch {
      StandardError.write("smtpd diff: open \(error.path): \(error.reason)")
      throw ExitCode(66)
    }
    do throws(Intent.SyntaxError) { return try Intent(file.bytes.text) } catch {
      throw ValidationError("\(path), \(error)")
    }
  }
}
