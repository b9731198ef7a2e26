import Compiler
import Foundation
import RestrictionDSL
import Testing

@testable import Runtime

/// Mistakes of real configurations, facts real-configurations.md.
@Suite struct `Lint of real mistakes` {
  private func findings(_ files: [(name: String, text: String)]) throws -> [String] {
    try LintDirectory(files).lint(includesInfo: false).diagnostics.map { diagnostic in
      let place = diagnostic.range.map {
        "\($0.file.split(separator: "/").last ?? ""):\($0.line):\($0.column) "
      }
      return (place ?? "") + diagnostic.id
    }
  }

  @Test func `finds five mistakes, with their places and nothing else`() throws {
    #expect(
      try findings([
        (
          "main.cf",
          """
          mydistination = example.com
          smtpd_sender_restrictions =
            reject_unauth_pipelining,
            zen.spamhaus.org
          smtpd_relay_restrictions = permit_mynetworks,
            check_sender_access inline:{friend.example=OK}, reject_unauth_destination
          mynetworks = 127.0.0.0/8, /nonexistent/networks

          """
        )
      ]) == [
        "main.cf:1:1 unused-parameter", "main.cf:3:3 pipelining-check-before-data",
        "main.cf:4:3 unknown-restriction", "main.cf:6:3 table-before-relay-gate",
        "main.cf:7:27 list-file-unavailable",
      ])
  }

  @Test func `finds each mistake of the list`() throws {
    let mistakes: [(id: String, text: String)] = [
      ("missing-relay-gate", "smtpd_relay_restrictions =\n"),
      ("sasl-never-enabled", "smtpd_relay_restrictions = permit_sasl_authenticated, reject\n"),
      (
        "login-check-without-maps",
        "smtpd_sender_restrictions = reject_authenticated_sender_login_mismatch\n"
      ),
      ("unused-parameter", "smtpd_require_helo = yes\n"),
      ("unused-parameter", "mydistination = a.example\n"),
      ("unknown-restriction", "smtpd_client_restrictions = bl.spamcop.net\n"),
      ("backslash-continuation", "mydestination = a.example, \\\n  b.example\n"),
      ("repeated-parameter", "mydomain = a.example\nmydomain = a.example\n"),
      ("overriding-entry", "mydomain = a.example\nmydomain = b.example\n"),
      ("unused-class", "smtpd_restriction_classes = one\none = reject\n"),
      (
        "table-before-relay-gate",
        "smtpd_relay_restrictions = check_client_access inline:{a.example=OK}, "
          + "reject_unauth_destination\n"
      ),
      ("pipelining-check-before-data", "smtpd_helo_restrictions = reject_unauth_pipelining\n"),
      ("closed-dns-list", "smtpd_client_restrictions = reject_rbl_client list.dsbl.org\n"),
      (
        "repeated-restriction",
        "smtpd_sender_restrictions = reject_non_fqdn_sender, reject_non_fqdn_sender\n"
      ),
      ("list-file-unavailable", "mydestination = /nonexistent/domains\n"),
      ("helo-not-required", "smtpd_helo_restrictions = reject_invalid_helo_hostname\n"),
      ("placeholder-in-value", "mydestination = {{ domain }}\n"),
      ("placeholder-in-value", "mydestination = CHANGEME\n"),
      ("unhonoured-parameter", "milter_protocol = 2\n"),
    ]
    for (id, text) in mistakes {
      #expect(try LintDirectory([("main.cf", text)]).ids().contains(id), "\(id): \(text)")
    }
    // A variable that master.cf uses and main.cf lacks.
    #expect(
      try LintDirectory([
        ("main.cf", "mydomain = a.example\n"),
        ("master.cf", "smtp inet n - n - - smtpd\n  -o smtpd_client_restrictions=$mua_client\n"),
      ]).ids().contains("undefined-variable"))
  }

  @Test func `reads remarks in main_cf and master_cf, and wants a reason`() throws {
    func run(_ remark: String) throws -> [String] {
      try findings([
        ("main.cf", "mydomain = example.com\n"),
        (
          "master.cf",
          "smtp inet n - n - - smtpd\n  -o smtpd_banner=hello\n\(remark)"
            + "  -o smtpd_client_restrictions=reject_rbl_client,a.example\n"
        ),
      ])
    }
    #expect(try run("") == ["master.cf:3:32 dns-list-without-filter"])
    #expect(try run("# smtpd-lint: allow SP204 -- our own list\n") == [])
    #expect(
      try run("# smtpd-lint: allow SP204\n") == [
        "master.cf:3:1 suppression-without-reason", "master.cf:4:32 dns-list-without-filter",
      ])
    #expect(
      try run("# smtpd-lint: allow SP204, SP501 -- our own list\n")
        == ["master.cf:3:1 unused-suppression"])
  }

  @Test func `tells which rows of a table permit`() throws {
    let directory = try LintDirectory([
      (
        "main.cf",
        "smtpd_relay_restrictions = check_sender_access texthash:/etc/postfix/senders,\n"
          + "  reject_unauth_destination\n"
      ),
      ("senders", "a.example REJECT\nb.example OK\nc.example OK\n"),
    ])
    let found = try directory.lint().diagnostics.first { $0.id == "table-before-relay-gate" }
    #expect(found?.severity == .error)
    #expect(found?.message.contains("answers OK for 2 of 3 keys") == true)
    #expect(found?.notes.compactMap(\.range?.line) == [2, 3])
    // Without an OK there is no finding.
    try directory.write("senders", "a.example REJECT\n")
    #expect(try !directory.ids().contains("table-before-relay-gate"))
  }
}
