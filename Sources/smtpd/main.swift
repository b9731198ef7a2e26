import ArgumentParser
import Glibc

/// The command line: one file per verb under `Commands/`, registered here.
struct SMTPD: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "smtpd",
    abstract: "An SMTP server whose access policy is compiled.",
    subcommands: [
      Serve.self, Lint.self, Explain.self, Prove.self, Diff.self, Graph.self, Postconf.self,
      Help.self,
    ])
}

// Postfix's master(8) starts this program with options only; `-S` comes from sendmail(1).
let arguments = CommandLine.arguments.dropFirst()
let isDaemonCall = arguments.first?.hasPrefix("-") ?? false
if isDaemonCall && !["-h", "--help", "--version"].contains(arguments.first) {
  let mode = arguments.contains("-S") ? "stand-alone (-S)" : "under master(8)"
  StandardError.write("smtpd: fatal: this version does not run \(mode); use 'smtpd serve'")
  exit(EX_UNAVAILABLE)
}
SMTPD.main()
