import RestrictionDSL
import Testing

@testable import Runtime

// Source: facts restrictions.md §5.2; recorded scenario key-order-ccert-no-tls; observed on 3.7.11.
@Suite struct `A client certificate` {
  private func bench(_ list: String, trusted: Bool = false) -> PolicyBench {
    let bench = PolicyBench([
      "relay_clientcerts": "inline:{{aa:bb=x}}", "smtpd_client_restrictions": list,
      "smtpd_tls_security_level": "may",
    ])
    bench.facts.tlsIsActive = true
    bench.facts.certificate = ClientCertificate(
      commonName: Bytes("c"), subject: Bytes("c"), issuer: Bytes("i"), fingerprint: Bytes("CC:DD"),
      publicKeyFingerprint: Bytes("AA:BB"), isTrusted: trusted)
    return bench
  }

  @Test func `that is listed may relay`() {
    let bench = bench("permit_tls_clientcerts, reject")
    #expect(bench.decide().verdict == "accept")
    bench.facts.certificate?.publicKeyFingerprint = Bytes("EE:FF")
    #expect(bench.decide().verdict.hasPrefix("554"))
  }

  @Test(arguments: [true, false])
  func `that is trusted may relay where all may`(trusted: Bool) {
    let bench = bench("permit_tls_all_clientcerts, reject", trusted: trusted)
    bench.facts.certificate?.publicKeyFingerprint = Bytes("EE:FF")
    #expect((bench.decide().verdict == "accept") == trusted)
  }

  @Test func `is looked up by certificate, then by key, until something is said`() {
    let table = "inline:{{cc:dd=DUNNO}, {aa:bb=REJECT key}}"
    #expect(
      bench("check_ccert_access \(table)").decide().verdict
        == "554 5.7.1 <c>: Client certificate rejected: key")
    let first = "{ \(table) { search_order = cert_fingerprint } }"
    #expect(bench("check_ccert_access \(first)").decide().verdict == "accept")
  }

  @Test func `is looked up by key where a list says nothing about the certificate`() {
    let table = "inline:{{cc:dd=reject_non_fqdn_sender}, {aa:bb=REJECT key}}"
    #expect(
      bench("check_ccert_access \(table)").decide().verdict
        == "554 5.7.1 <c>: Client certificate rejected: key")
  }

  @Test(arguments: [
    ("check_ccert_access static:REJECT", false, "check_ccert_access"),
    ("permit_tls_clientcerts", true, "permit_tls_clientcerts"),
    ("permit_tls_clientcerts", false, nil),
  ])
  func `that nobody asked for is missed`(list: String, tls: Bool, name: String?) {
    let bench = bench(list)
    bench.facts.certificate = nil
    bench.facts.tlsIsActive = tls
    #expect(
      bench.decide()
        == PolicyDecision(
          verdict: "accept",
          log: name.map { ["warning: \($0) is requested, but \"smtpd_tls_ask_ccert = no\""] } ?? [])
    )
  }
}
