import ArgumentParser
import Compiler

/// `smtpd help`: the page of a lint rule, or how a command is used.
struct Help: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help", abstract: "Explain a lint rule, by id or number, or a command.")

  @Argument(help: "For instance SP204, unknown-restriction or serve.")
  var name: String?

  @Flag(help: .hidden)
  var manual = false

  func run() throws {
    if manual {
      print(LintRegistry.manual, terminator: "")
      return
    }
    guard let name else {
      print(SMTPD.helpMessage())
      return
    }
    let pages = LintRegistry.pages(of: name)
    if !pages.isEmpty {
      print(pages.map(\.text).joined(separator: "\n"), terminator: "")
      return
    }
    let commands = SMTPD.configuration.subcommands
    guard let command = commands.first(where: { Help.name(of: $0) == name }) else {
      StandardError.write("smtpd help: no rule and no command '\(name)'")
      throw ExitCode(64)
    }
    print(SMTPD.helpMessage(for: command))
  }

  private static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? "\(command)".lowercased()
  }
}
