import RestrictionDSL
import Testing

@testable import Analysis

/// What is not looked at is no part of a proof.
@Suite struct `Too many pairs of local parts and domains` {
  private func result(locals: Int, domains: Int) -> ProofResult {
    let users = (0..<locals).map { "{user\($0)@ = REJECT}" }.joined(separator: ", ")
    // Every domain has an answer of its own, so that none stands for another.
    let names = (0..<domains).map { "{d\($0).example = REJECT \($0)}" }.joined(separator: ", ")
    let settings = Settings.forTesting([
      "mydestination": "ours.example", "mynetworks": "192.0.2.0/24", "alias_maps": "",
      "local_recipient_maps": "inline:{alice=1}", "inet_interfaces": "127.0.0.1",
      "myhostname": "mx.ours.example", "smtpd_peername_lookup": "no", "recipient_delimiter": "",
      "smtpd_recipient_restrictions":
        "check_recipient_access inline:{ \(users) }, check_recipient_access inline:{ \(names) }",
    ])
    return Prover(
      AnalysedConfiguration.Service(name: "smtp/inet", settings: settings), .noOpenRelay
    )
    .run()
  }

  @Test func `leave the property undecided, and say so`() {
    #expect(result(locals: 10, domains: 10).status == .proved)
    let many = result(locals: 600, domains: 110)
    #expect(many.status == .undecided)
    #expect(
      many.assumptions.contains { $0.hasPrefix("recipients: ") && $0.contains("60000 pairs") })
  }
}
