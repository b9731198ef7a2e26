import RestrictionDSL
import Testing

@Suite struct `Settings builder` {
  func build(_ text: String, _ overrides: [(String, String)] = []) -> (Settings, [Diagnostic]) {
    SettingsBuilder(
      mainCF: MainCF(SourceFile(path: "main.cf", text: text)),
      overrides: overrides.map { SettingsBuilder.Override($0.0, $0.1) }, environment: .example
    ).build()
  }

  @Test func `finds nothing to say about an empty main.cf`() {
    let (settings, diagnostics) = build("")
    #expect(diagnostics == [])
    #expect(settings.string("smtpd_banner") == "mail.example.com ESMTP Postfix")
    #expect(settings.seconds("smtpd_timeout") == 300)
    #expect(settings.string("mynetworks") == "127.0.0.0/8 [::1]/128")
  }

  // Source: postconf(5) smtpd_timeout, `${stress?{10}:{300}}s`
  @Test func `takes the short limits under stress`() {
    let (settings, diagnostics) = build("", [("stress", "yes")])
    #expect(diagnostics == [])
    #expect(settings.seconds("smtpd_timeout") == 10)
    #expect(settings.int("smtpd_hard_error_limit") == 1)
  }
}
