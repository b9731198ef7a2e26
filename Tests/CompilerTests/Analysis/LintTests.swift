import Compiler
import RestrictionDSL
import Testing

private func text(_ diagnostic: Diagnostic) -> String {
  diagnostic.message + (diagnostic.help.map { " (\($0))" } ?? "")
}

private func service(_ values: [String: String], _ example: LintExample) -> LintedService {
  LintedService(
    name: "smtp inet", audience: example.audience, settings: .forTesting(values),
    overridden: example.overridden)
}

private func configuration(_ text: String) -> LintedConfiguration {
  let mainCF = MainCF(SourceFile(path: "main.cf", text: "compatibility_level = 3.6\n" + text))
  let settings = SettingsBuilder(mainCF: mainCF, environment: .example).build().0
  return LintedConfiguration(
    mainCF: mainCF,
    services: [LintedService(name: "smtp inet", audience: .exchange, settings: settings)])
}

@Suite struct `Lint rule` {
  @Test(arguments: LintExample.services.indices)
  func `finds the mistake and not its twin`(index: Int) throws {
    let example = LintExample.services[index]
    let rule = try #require(LintRegistry.rules.first { $0.id == example.id }).init()
    let wrong = rule.findings(in: service(example.wrong, example))
    #expect(wrong.map(\.id) == [example.id], "\(wrong)")
    if let message = example.message { #expect(wrong.map(\.message) == [message]) }
    #expect(rule.findings(in: service(example.right, example)) == [])
  }

  @Test(arguments: LintExample.configurations.indices)
  func `finds the mistake of a whole configuration and not its twin`(index: Int) throws {
    let example = LintExample.configurations[index]
    let rule = try #require(LintRegistry.configurationRules.first { $0.id == example.id }).init()
    #expect(rule.findings(in: configuration(example.wrong)).map(text) == [example.message])
    #expect(rule.findings(in: configuration(example.right)) == [])
  }

  @Test func `has an example, an explanation and an id of its own`() {
    #expect(Set(LintRegistry.rules.map { $0.id }) == Set(LintExample.services.map(\.id)))
    #expect(
      Set(LintRegistry.configurationRules.map { $0.id })
        // Needs two services: see RulePageTests.
        == Set(LintExample.configurations.map(\.id)).union(["smuggling-through-filter"]))
    let explanations =
      LintRegistry.rules.map { $0.explanation }
      + LintRegistry.configurationRules.map { $0.explanation }
    #expect(explanations.allSatisfy { $0.count > 60 && !$0.contains("\n") })
    #expect(Set(explanations).count == explanations.count)
  }
}

@Suite struct `All rules together` {
  @Test func `finds nothing in the defaults`() {
    #expect(Linter(configuration("")).findings() == [])
  }

  @Test func `sorts by place and names services that differ`() {
    let mainCF = MainCF(SourceFile(path: "main.cf", text: "compatibility_level = 3.6\n"))
    let linter = Linter(
      LintedConfiguration(
        mainCF: mainCF,
        services: [
          LintedService(name: "smtp inet", audience: .exchange, settings: .forTesting()),
          LintedService(
            name: "submission inet", audience: .submission,
            settings: .forTesting([
              "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
              "smtpd_sasl_auth_enable": "yes",
            ])),
        ]))
    let findings = linter.findings()
    #expect(findings.map(\.id) == ["passwords-in-clear"])
    #expect(findings.flatMap(\.notes).map(\.message) == ["in service submission inet"])
  }

  @Test func `is silenced by a remark directly above the parameter`() {
    let line = "smtpd_client_restrictions = reject_rbl_client a.example\n"
    let other = "smtpd_sender_restrictions = reject_rbl_client b.example\n"
    func ids(_ text: String) -> [String] { Linter(configuration(text)).findings().map(\.id) }
    #expect(ids(line + other) == ["dns-list-without-filter", "dns-list-without-filter"])
    #expect(
      ids("# smtpd-lint: allow SP204 -- our own list\n" + line + other) == [
        "dns-list-without-filter"
      ])
    #expect(
      ids("# smtpd-lint: allow dns-list-without-filter -- ours\n" + line + other) == [
        "dns-list-without-filter"
      ])
    #expect(
      ids("# smtpd-lint: allow SP205 -- ours\n" + line) == [
        "unused-suppression", "dns-list-without-filter",
      ])
  }

  @Test func `reports info only where asked`() {
    let text = "smtpd_client_restrictions = check_client_access hash:/c\n"
    #expect(Linter(configuration(text)).findings() == [])
    #expect(
      Linter(configuration(text), includesInfo: true).findings().map(\.id) == [
        "berkeley-db-table"
      ])
  }
}
