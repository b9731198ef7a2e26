import Analysis
import ArgumentParser
import RestrictionDSL

/// `smtpd prove`: a property of the policy, for every session there can be.
struct Prove: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prove a property of the policy, or show a session that breaks it.",
    discussion: """
      PROPERTY is no-open-relay, postmaster-reachable, no-permanent-reject-on-dns-failure, no-backscatter, \
      or bounded-dns N. Follows every way through the policy of each service; what DNS, policy services \
      and tables that cannot be listed say is left open. REFUTED comes with a session that was played. \
      Exit status: 0 proved, 1 refuted, 2 undecided, 66 the configuration could not be read.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "The property.")
  var property: String

  @Argument(help: "The number of bounded-dns.")
  var bound: Int?

  @Option(name: .short, help: "Configuration directory.")
  var config = ConfigReader.defaultDirectory

  @Option(help: "Service of master.cf; all of them by default.")
  var service: String?

  @Option(help: "text or json.")
  var format = Format.text

  func run() throws {
    if property == "no-auth-without-tls" {
      StandardError.write(
        "smtpd prove: no-auth-without-tls: comes with authentication, and there is none yet")
      throw ExitCode(64)
    }
    guard let wanted = Property(property, bound: bound) else {
      throw ValidationError(
        "need one of \(Property.names.joined(separator: ", ")); bounded-dns needs a number")
    }
    let configuration = try Analysed.configuration(config, command: "prove", failure: 66)
    let services = configuration.services.filter { candidate in
      service == nil || configuration.service(service)?.name == candidate.name
    }
    guard !services.isEmpty else {
      throw ValidationError("no service '\(service ?? "")' in master.cf")
    }
    let results = services.map { Prover($0, wanted).run() }
    print(format == .json ? ProofText.json(results) : ProofText.text(results), terminator: "")
    if results.contains(where: { $0.status == .refuted }) { throw ExitCode(1) }
    if results.contains(where: { $0.status == .undecided }) { throw ExitCode(2) }
  }
}
