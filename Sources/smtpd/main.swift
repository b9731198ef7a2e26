import ArgumentParser

/// The SMTP server and its tools.
struct Smtpd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "smtpd",
    abstract: "An SMTP server whose access policy is compiled.",
    subcommands: [Serve.self])
}

Smtpd.main()
