import RestrictionDSL
import Testing

@Suite struct `master.cf` {
  func read(_ text: String) -> MasterCF { MasterCF(SourceFile(path: "master.cf", text: text)) }

  func logged(_ text: String) -> [String] { read(text).diagnostics.flatMap(\.logLines) }

  // Source: facts §10.6, master(5)
  @Test func `reads fields, options and braces`() {
    let master = read(
      "smtp inet n - y - 10 smtpd -v\n  -o a=b\n# comment\n  -o { c = d, $e } -oe=f\n"
        + "x unix - n n 60? 0 pipe flags=R user=y\nps pass - - n - - smtpd\n")
    #expect(master.diagnostics == [])
    #expect(master.services.map(\.name) == ["smtp", "x", "ps"])
    let smtp = master.services[0]
    #expect(smtp.kind == .inet)
    #expect(smtp.isChrooted == true)
    #expect(smtp.isPrivate == false)
    #expect(smtp.processLimit == 10)
    #expect(smtp.endpoint == .inet(host: nil, port: "smtp"))
    #expect(smtp.overrides.map(\.name) == ["a", "c", "e"])
    #expect(smtp.overrides.map(\.value.text) == ["b", "d, $e", "f"])
    #expect(
      smtp.overrides[1].nameRange
        == SourceRange(file: "master.cf", line: 4, column: 8, length: 1))
    #expect(master.services[1].wakeUp == "60?")
    #expect(master.services[1].arguments.map(\.text) == ["flags=R", "user=y"])
    #expect(master.services[2].endpoint == .pass(path: "private/ps"))
    #expect(master.smtpdServices.map(\.name) == ["smtp", "ps"])
  }

  @Test(arguments: [
    ("25", MasterCF.Endpoint.inet(host: nil, port: "25")),
    ("127.0.0.1:smtp", .inet(host: "127.0.0.1", port: "smtp")),
    ("[::1]:25", .inet(host: "::1", port: "25")),
    ("::1:25", .inet(host: "::1", port: "25")),
    (":25", .inet(host: nil, port: "25")),
  ])
  func `names hosts and ports`(name: String, endpoint: MasterCF.Endpoint) {
    #expect(read("\(name) inet n - - - - smtpd\n").services.map(\.endpoint) == [endpoint])
  }

  // Source: master(5), "only the last one is remembered"
  @Test func `keeps the last of two services with one name and type`() {
    let master = read(
      "smtp inet n - - - - smtpd\nsmtp unix - - - - - smtp\nsmtp inet n - - - - x\n")
    #expect(master.services.map(\.command) == ["smtp", "x"])
  }

  // Source: master(8) of Postfix 3.7.11
  @Test(arguments: [
    ("smtp inet n - - -", "missing \"max_proc\" field"),
    ("smtp", "missing \"transport type\" field"),
    ("smtp foo n - - - - smtpd", "bad transport type: foo"),
    ("smtp inet n - - x - smtpd", "field \"wakeup_time\": bad value: \"x\""),
    ("x pass n - - -5 - smtpd", "field \"wakeup_time\": bad value: \"-5\""),
    ("smtp inet n - - - x smtpd", "field \"max_proc\": bad value: \"x\""),
    ("x unix n - Y - - smtpd", "field \"chroot\": bad value: \"Y\""),
    ("x unix n Y - - - smtpd", "field \"unprivileged\": bad value: \"Y\""),
    ("smtp inet y - - - - smtpd", "inet service cannot be private"),
    ("smtp inet n - - - - smtpd -o { a = b", "missing '}' in \"{ a = b\""),
    ("smtp inet n - - - - smtpd -o {a=b}x", "syntax error after '}' in \"{a=b}x\""),
  ])
  func `stops in the words of master(8)`(line: String, message: String) {
    #expect(logged("#\n\(line)\n") == ["fatal: master.cf: line 2: \(message)"])
  }

  // Source: facts §10.6
  @Test func `stops at an override without equals sign`() {
    #expect(
      logged("smtp inet n - - - - smtpd -o nosuch\n") == [
        "fatal: invalid \"-o nosuch\" option value: missing '=' after attribute name"
      ])
  }

  @Test func `takes no options behind the first other argument`() {
    let master = read("smtp inet n - - - - smtpd -o a = b -o c=d\n")
    #expect(master.services[0].overrides == [])
    #expect(master.diagnostics.map(\.id) == ["bad-override"])
  }
}
