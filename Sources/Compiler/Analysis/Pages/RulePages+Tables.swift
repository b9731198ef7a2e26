extension RulePages {
  private static func table(_ type: String, _ bad: String, _ good: String) -> (
    bad: String, files: [(name: String, text: String)], good: [(name: String, text: String)]
  ) {
    (
      "smtpd_client_restrictions = check_client_access \(type):/etc/postfix/clients\n",
      [("clients", bad)], [("clients", good)]
    )
  }

  private static func page(
    _ id: String, why: String, type: String, bad: String, good: String, fix: String
  ) -> RulePage {
    let example = table(type, bad, good)
    return RulePage(
      id, why: why, bad: example.bad, good: example.bad, fix: fix, badFiles: example.files,
      goodFiles: example.good)
  }

  static let tables: [RulePage] = [
    RulePage(
      "unknown-table-action",
      why:
        "A mail address or an SQL '1' as the right-hand side: 451 4.3.5 for all mail that matches.",
      bad: "smtpd_sender_restrictions = check_sender_access inline:{a.example=REJCT}\n",
      good: "smtpd_sender_restrictions = check_sender_access inline:{a.example=REJECT}\n",
      fix: "Write an action of access(5)."),
    RulePage(
      "table-inside-table", why: "Refused at run time with 451 4.3.5.",
      bad: "smtpd_sender_restrictions = check_sender_access inline:{a.example=hash:b}\n",
      good: "smtpd_sender_restrictions = check_sender_access inline:{a.example=REJECT}\n",
      fix: "Define a restriction class and answer with its name."),
    page(
      "malformed-table-action", why: "Postfix warns for each mail and does nothing.",
      type: "texthash", bad: "a.example REDIRECT bob\n", good: "a.example REDIRECT bob@b.example\n",
      fix: "See access(5)."),
    page(
      "contradictory-codes", why: "Postfix replaces the enhanced code.", type: "texthash",
      bad: "a.example 450 5.7.1 no\n", good: "a.example 450 4.7.1 no\n",
      fix: "Write both codes alike, and a text behind them."),
    RulePage(
      "stale-table", why: "'Forgot postmap': the edit has no effect.",
      bad: "smtpd_client_restrictions = check_client_access hash:/etc/postfix/clients\n",
      good: "smtpd_client_restrictions = check_client_access texthash:/etc/postfix/clients\n",
      fix: "Run postmap; --fix builds the table.", state: "clients is newer than clients.db"),
    page(
      "table-unavailable", why: "All mail that needs the table gets a temporary error.",
      type: "cidr",
      bad: "", good: "192.0.2.0/24 REJECT\n",
      fix: "Create the table, or correct its name."),
    RulePage(
      "damaged-table",
      why: "A key that is not found is no error: mail passes that the table would refuse.",
      bad: "smtpd_client_restrictions = check_client_access cdb:/etc/postfix/clients\n",
      good: "smtpd_client_restrictions = check_client_access texthash:/etc/postfix/clients\n",
      fix: "Build the table anew from its source; --fix does.",
      state: "clients.cdb has bytes that its writer did not write"),
    RulePage(
      "list-file-unavailable",
      why: "Every lookup in the list fails with a temporary error; 5 of 113 configurations.",
      bad: "mynetworks = 127.0.0.0/8, /nonexistent/networks\n", good: "mynetworks = 127.0.0.0/8\n",
      fix: "Create the file, or write type:name where a table is meant."),
    RulePage(
      "berkeley-db-table",
      why: "Distributions drop Berkeley DB: after the upgrade every mail gets 451.",
      bad: "smtpd_client_restrictions = check_client_access hash:/etc/postfix/clients\n",
      good: "smtpd_client_restrictions = check_client_access texthash:/etc/postfix/clients\n",
      fix: "Use lmdb: and build it; --fix does.", badFiles: [("clients", "a.example REJECT\n")]),
    page(
      "duplicate-key", why: "The first row wins, with a warning that postmap prints once.",
      type: "texthash", bad: "a.example REJECT\na.example OK\n",
      good: "a.example REJECT\nb.example OK\n",
      fix: "Remove one row."),
    page(
      "dead-key",
      why: "The row looks like a rule and is none: a network in CIDR form, a '*', a dot at "
        + "the end.", type: "texthash", bad: "192.0.2.0/24 REJECT\n", good: "192.0.2 REJECT\n",
      fix: "Write the key as access(5) says, or use a cidr: table."),
    page(
      "dot-key",
      why: "Subdomains are looked up as 'domain' by default, so '.domain' is never found.",
      type: "texthash", bad: ".a.example REJECT\n", good: "a.example REJECT\n",
      fix: "Write the domain without dot."),
    RulePage(
      "text-table-changed", why: "Postfix reads text tables once; the change waits for a reload.",
      bad: "smtpd_client_restrictions = check_client_access cidr:/etc/postfix/clients\n",
      good: "smtpd_client_restrictions = check_client_access cidr:/etc/postfix/clients\n",
      fix: "Run postfix reload. This server reads it again by itself.",
      badFiles: [("clients", "192.0.2.0/24 REJECT\n")],
      state: "clients is newer than pid/master.pid of the queue"),
    page(
      "loose-pattern",
      why: "/example.com/ matches evil-examplexcom.test: an allow list for everybody.",
      type: "regexp", bad: "/mail.example.com/ OK\n", good: "/^mail\\.example\\.com$/ OK\n",
      fix: "Anchor the pattern and escape its dots."),
    page(
      "shadowed-pattern", why: "The first pattern that matches decides; what is behind it is dead.",
      type: "regexp", bad: "/./ DUNNO\n/^a\\.example$/ REJECT\n",
      good: "/^a\\.example$/ REJECT\n/./ DUNNO\n", fix: "Put it above, or remove it."),
    page(
      "table-line", why: "A line that cannot be read is skipped: the rule is not in force.",
      type: "cidr", bad: "192.0.2.1/24 REJECT\n", good: "192.0.2.0/24 REJECT\n",
      fix: "Correct the line."),
    page(
      "backtracking-pattern", why: "One crafted name keeps the process busy for minutes.",
      type: "pcre", bad: "/^([a-z]+)+$/ REJECT\n", good: "/^[a-z]+$/ REJECT\n",
      fix: "Repeat once."),
    page(
      "shadowed-network", why: "The first network decides, not the longest: the exception is dead.",
      type: "cidr", bad: "192.0.2.0/24 REJECT\n192.0.2.7 OK\n",
      good: "192.0.2.7 OK\n192.0.2.0/24 REJECT\n", fix: "Put exceptions first."),
    RulePage(
      "writable-table",
      why: "Whoever can replace an index that root reads decides about mail, and more.",
      bad: "smtpd_client_restrictions = check_client_access hash:/etc/postfix/clients\n",
      good: "smtpd_client_restrictions = check_client_access texthash:/etc/postfix/clients\n",
      fix: "Give the file and its directory to root, mode 644 and 755.",
      state: "clients.db has mode 666"),
    RulePage(
      "lmdb-format", why: "LMDB 1.0 changed the format; files of 32-bit machines differ too.",
      bad: "smtpd_client_restrictions = check_client_access lmdb:/etc/postfix/clients\n",
      good: "smtpd_client_restrictions = check_client_access texthash:/etc/postfix/clients\n",
      fix: "Build the table anew from its source; --fix does.",
      state: "clients.lmdb was written by another library"),
  ]
}
