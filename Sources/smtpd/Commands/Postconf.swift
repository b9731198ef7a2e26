import ArgumentParser
import Glibc
import RestrictionDSL

/// `smtpd postconf`: parameters as postconf(1) prints them.
struct Postconf: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print parameters of main.cf and their defaults, as Postfix's postconf does.")

  @Option(name: .short, help: "Configuration directory.")
  var config: String = ConfigReader.defaultDirectory

  @Flag(name: .customShort("d"), help: "Print defaults.")
  var defaults = false

  @Flag(name: .customShort("n"), help: "Print only what main.cf sets.")
  var nonDefaults = false

  @Flag(name: .customShort("x"), help: "Expand $name in values.")
  var expand = false

  @Argument(help: "Parameters; all where none is given.")
  var names: [String] = []

  func run() throws {
    if defaults && nonDefaults {
      StandardError.write("postconf: fatal: specify one of -d -n")
      throw ExitCode(1)
    }
    let output = ParameterListing.list(
      directory: config, mode: defaults ? .defaults : nonDefaults ? .changed : .effective,
      expands: expand, names: names, machine: .current)
    for line in output.lines { print(line) }
    for message in output.messages { StandardError.write(message) }
    if output.status != 0 { throw ExitCode(output.status) }
  }
}
