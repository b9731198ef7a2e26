extension RulePages {
  static let words: [RulePage] = [
    RulePage(
      "unknown-restriction",
      why: "Every mail gets 451 4.3.5 Server configuration error, and only the log says why.",
      bad: "smtpd_client_restrictions = reject_unknown_client_hostnam\n",
      good: "smtpd_client_restrictions = reject_unknown_reverse_client_hostname\n",
      fix: "Correct the word; --fix takes the nearest known one."),
    RulePage(
      "missing-argument",
      why: "A list was sorted, and the table stands no longer behind its check.",
      bad: "smtpd_client_restrictions = check_client_access, reject_unauth_pipelining\n",
      good: "smtpd_client_restrictions = check_client_access inline:{a=REJECT}\n",
      fix: "Put the argument behind the restriction."),
    RulePage(
      "bare-table", why: "These stages have no default check: 451 4.3.5.",
      bad: "smtpd_data_restrictions = inline:{a=REJECT}\n",
      good: "smtpd_data_restrictions = check_client_access inline:{a=REJECT}\n",
      fix: "Write the check in front."),
    RulePage(
      "unused-parameter",
      why: "A setting without effect: mydistination, smtpd_require_helo, smtp_ for smtpd_.",
      bad: "mydistination = example.com\n", good: "mydestination = example.com\n",
      fix: "Correct the name; --fix takes the nearest known one."),
    RulePage(
      "bad-network",
      why:
        "All mail from outside is answered 451 4.3.0 Temporary lookup failure, and Postfix says so in "
        + "its log only when mail comes; with an IPv6 address without brackets it stops at once.",
      bad: "mynetworks = 127.0.0.0/8, 192.0.2.5/24\n",
      good: "mynetworks = 127.0.0.0/8, 192.0.2.0/24\n",
      fix: "Write the first address of the network; IPv6 in brackets: [2001:db8::]/32."),
    RulePage(
      "domain-in-two-classes",
      why:
        "A domain moved to virtual mailboxes stayed in mydestination, and all its users are unknown.",
      bad: "mydestination = localhost, example.com\nvirtual_mailbox_domains = example.com\n"
        + "virtual_mailbox_maps = inline:{a@example.com=a}\n",
      good: "mydestination = localhost\nvirtual_mailbox_domains = example.com\n"
        + "virtual_mailbox_maps = inline:{a@example.com=a}\n",
      fix: "Take it out of the list that is not meant."),
    RulePage(
      "comment-in-value", why: "The words of the remark become elements of the list.",
      bad: "smtpd_client_restrictions = permit_mynetworks # ours\n",
      good: "# ours\nsmtpd_client_restrictions = permit_mynetworks\n",
      fix: "Put remarks on lines of their own; --fix does."),
    RulePage(
      "class-cycle", why: "Postfix runs out of memory when evaluation reaches it.",
      bad: "smtpd_restriction_classes = one\none = permit_mynetworks, one\n"
        + "smtpd_client_restrictions = one\n",
      good: "smtpd_restriction_classes = one\none = permit_mynetworks\n"
        + "smtpd_client_restrictions = one\n",
      fix: "Take the class out of itself."),
    RulePage(
      "class-without-definition", why: "The server stops at start.",
      bad: "smtpd_restriction_classes = one\nsmtpd_client_restrictions = one\n",
      good: "smtpd_restriction_classes = one\none = reject_unauth_pipelining\n"
        + "smtpd_client_restrictions = one\n",
      fix: "Define the class."),
    RulePage(
      "class-shadowed", why: "The built-in restriction is used, the class never.",
      bad: "smtpd_restriction_classes = reject\nreject = permit_mynetworks\n",
      good: "smtpd_restriction_classes = one\none = permit_mynetworks\n"
        + "smtpd_client_restrictions = one\n", fix: "Rename the class."),
    RulePage(
      "unused-class", why: "A rule that somebody believes to be in force.",
      bad: "smtpd_restriction_classes = one\none = reject\n",
      good: "smtpd_restriction_classes = one\none = reject_non_fqdn_sender\n"
        + "smtpd_sender_restrictions = one\n", fix: "Use the class, or remove it."),
    RulePage(
      "unavailable-action", why: "The action is skipped, with one warning for each mail.",
      bad: "smtpd_etrn_restrictions = check_etrn_access inline:{a=HOLD}\n",
      good: "smtpd_sender_restrictions = check_sender_access inline:{a=HOLD}\n",
      fix: "Move the table to a list where the action works."),
    RulePage(
      "old-restriction-name", why: "Later releases answer removed names with an error.",
      bad: "smtpd_client_restrictions = reject_unknown_address\n",
      good: "smtpd_client_restrictions = reject_unknown_sender_domain\n",
      fix: "Write the new name; --fix does where it means the same."),
    RulePage(
      "renamed-parameter", why: "The next release may not know the old name.",
      bad: "virtual_maps = inline:{a=b}\n", good: "virtual_alias_maps = inline:{a=b}\n",
      fix: "Write the new name."),
    RulePage(
      "table-attributes", why: "The table is opened without what the braces say.",
      bad: "smtpd_client_restrictions = check_ccert_access { inline:{a=OK} { order = x } }\n",
      good: "smtpd_client_restrictions =\n"
        + "  check_ccert_access { inline:{a=OK} { search_order = subject_cn } }\n",
      fix: "See postconf(5), check_ccert_access."),
    RulePage(
      "policy-service", why: "The server stops at start.",
      bad: "smtpd_data_restrictions = check_policy_service tcp:127.0.0.1:1\n",
      good: "smtpd_data_restrictions = check_policy_service inet:127.0.0.1:1\n",
      fix: "Write inet:host:port or unix:path."),
    RulePage(
      "bad-tempfail-action", why: "The server stops at start.",
      bad: "unknown_helo_hostname_tempfail_action = reject\n",
      good: "unknown_helo_hostname_tempfail_action = defer\n",
      fix: "Use defer or defer_if_permit.",
      state: "where the value comes past the check of main.cf, which says bad-parameter-value"),
    RulePage(
      "backslash-continuation",
      why: "A shell habit: the backslash becomes an element of the list.",
      bad: "mydestination = a.example, \\\n  b.example\n",
      good: "mydestination = a.example,\n  b.example\n",
      fix: "Begin the next line with white space."),
    RulePage(
      "placeholder-in-value", why: "16 of 113 public configurations had one.",
      bad: "mydestination = {{ domain }}\n", good: "mydestination = example.com\n",
      fix: "Fill the template in."),
    RulePage(
      "repeated-parameter", why: "Whoever edits the first one wonders.",
      bad: "mydomain = a.example\nmydomain = a.example\n", good: "mydomain = a.example\n",
      fix: "Remove one."),
    RulePage(
      "overriding-entry", why: "The last one counts; 18 of 113 configurations set one twice.",
      bad: "mydomain = a.example\nmydomain = b.example\n", good: "mydomain = b.example\n",
      fix: "Remove the one that is wrong."),
    RulePage(
      "undefined-variable", why: "The reference is replaced by nothing.",
      bad: "mydestination = $my_domains\n", good: "mydestination = $mydomain\n",
      fix: "Define the name, or correct it."),
    RulePage(
      "macro-syntax", why: "Postfix stops when it reads the parameter.",
      bad: "mydestination = ${mydomain\n", good: "mydestination = ${mydomain}\n",
      fix: "Close the brace."),
    RulePage(
      "bad-parameter-value", why: "Postfix stops when it reads the parameter.",
      bad: "smtpd_recipient_limit = many\n", good: "smtpd_recipient_limit = 1000\n",
      fix: "See postconf(5)."),
    RulePage(
      "main-cf-syntax", why: "Postfix stops here.", bad: "mydestination example.com\n",
      good: "mydestination = example.com\n", fix: "Write name = value."),
    RulePage(
      "leading-whitespace", why: "A line that continues nothing is ignored.",
      bad: "  mydestination = example.com\n", good: "mydestination = example.com\n",
      fix: "Remove the white space.", state: "as the very first line of the file"),
    RulePage(
      "master-cf-syntax", why: "master(8) stops here.", bad: "mydomain = a.example\n",
      good: "mydomain = a.example\n", fix: "See master(5).",
      badFiles: [("master.cf", "smtp inet n - n - smtpd\n")],
      goodFiles: [("master.cf", "smtp inet n - n - - smtpd\n")]),
    RulePage(
      "bad-override", why: "The service does not start.", bad: "mydomain = a.example\n",
      good: "mydomain = a.example\n", fix: "Write -o name=value, without blanks.",
      badFiles: [("master.cf", "smtp inet n - n - - smtpd -o smtpd_banner\n")],
      goodFiles: [("master.cf", "smtp inet n - n - - smtpd -o smtpd_banner=hello\n")]),
    RulePage(
      "unhonoured-parameter",
      why: "A setting that is accepted and does nothing is worse than one that is refused.",
      bad: "in_flow_delay = 5s\n", good: "in_flow_delay = 1s\n",
      fix: "Do not rely on it with this server, or remove it."),
    RulePage(
      "suppression-without-reason", why: "In a year nobody knows why a finding was let be.",
      bad: "# smtpd-lint: allow SP505\nmydomain = a.example\n",
      good: "# another remark\nmydomain = a.example\n",
      fix: "Write -- and the reason behind the ids."),
    RulePage(
      "unused-suppression", why: "A remark that outlives its finding hides the next one.",
      bad: "# smtpd-lint: allow SP505 -- test server\nmydomain = a.example\n",
      good: "# another remark\nmydomain = a.example\n", fix: "Remove the remark."),
  ]
}
