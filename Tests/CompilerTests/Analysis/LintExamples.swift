import Compiler
import RestrictionDSL

/// A configuration that breaks one rule, and its twin that differs in one fact and does not.
struct LintExample {
  let id: String
  let wrong: [String: String]
  let right: [String: String]
  var audience = LintedService.Audience.exchange
  var overridden: Set<String> = []
  /// What is found, where it says more than the id.
  var message: String?

  static let services: [LintExample] = [
    LintExample(
      id: "secret-in-dns-list",
      wrong: [
        "smtpd_client_restrictions": "reject_rbl_client a1b2c3d4e5f6g7h8.zen.example=127.0.0.2"
      ],
      right: ["smtpd_client_restrictions": "reject_rbl_client a-list.zen.example=127.0.0.2"]),
    LintExample(
      id: "aggressive-dns-list",
      wrong: ["smtpd_client_restrictions": "reject_rbl_client ips.backscatterer.org=127.0.0.2"],
      right: [
        "smtpd_client_restrictions":
          "warn_if_reject reject_rbl_client ips.backscatterer.org=127.0.0.2"
      ]),
    LintExample(
      id: "trusts-container-network", wrong: ["mynetworks": "172.17.0.0/16"],
      right: ["mynetworks": "172.17.0.5"],
      message: "'172.17.0.0/16' in mynetworks is the default network of Docker"),
    LintExample(
      id: "open-relay", wrong: ["smtpd_relay_restrictions": "warn_if_reject warn_if_reject defer"],
      right: ["smtpd_relay_restrictions": "warn_if_reject reject_non_fqdn_sender, defer"],
      message:
        "a client that nothing makes trusted can relay to any domain: no list refuses anything"),
    LintExample(
      id: "table-before-relay-gate",
      wrong: [
        "smtpd_relay_restrictions": "check_sender_access hash:/s, reject_unauth_destination"
      ],
      right: [
        "smtpd_relay_restrictions": "reject_unauth_destination, check_sender_access hash:/s"
      ],
      message: "table 'hash:/s' may answer OK before foreign recipients are refused"),
    LintExample(
      id: "trusts-everybody", wrong: ["mynetworks": "127.0.0.0/8, 0.0.0.0/0"],
      right: ["mynetworks": "127.0.0.0/8, 10.0.0.0/8"],
      message: "'0.0.0.0/0' in mynetworks trusts every client"),
    LintExample(
      id: "domain-in-two-classes",
      wrong: [
        "mydestination": "example.org", "virtual_alias_domains": "lists.example, Example.org",
      ],
      right: ["mydestination": "example.org", "virtual_alias_domains": "lists.example"],
      message: "'example.org' is in virtual_alias_domains too, where it has no effect: "
        + "mydestination has it"),
    LintExample(
      id: "replaced-relay-gate", wrong: ["smtpd_relay_restrictions": "permit_mynetworks"],
      right: ["smtpd_relay_restrictions": "permit_mynetworks, reject"],
      overridden: ["smtpd_relay_restrictions"]),
    LintExample(
      id: "submission-without-reject",
      wrong: ["smtpd_relay_restrictions": "permit_sasl_authenticated, reject_unauth_destination"],
      right: ["smtpd_relay_restrictions": "permit_sasl_authenticated, reject"],
      audience: .submission),
    LintExample(
      id: "deferring-relay-gate",
      wrong: ["smtpd_relay_restrictions": "permit_mynetworks, defer_unauth_destination"],
      right: ["smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination"]),
    LintExample(
      id: "mx-backup-without-networks",
      wrong: ["smtpd_recipient_restrictions": "permit_mx_backup, reject_unauth_destination"],
      right: [
        "smtpd_recipient_restrictions": "permit_mx_backup, reject_unauth_destination",
        "permit_mx_backup_networks": "192.0.2.0/24",
      ]),
    LintExample(
      id: "any-certificate-relays",
      wrong: ["smtpd_relay_restrictions": "permit_tls_all_clientcerts, reject"],
      right: ["smtpd_relay_restrictions": "permit_tls_clientcerts, reject"]),
    LintExample(
      id: "untrusted-routing", wrong: ["allow_untrusted_routing": "yes"],
      right: ["allow_untrusted_routing": "no"]),
    LintExample(
      id: "public-reinjection", wrong: ["content_filter": "", "inet_interfaces": "all"],
      right: ["content_filter": "", "inet_interfaces": "loopback-only"],
      overridden: ["content_filter"]),
    LintExample(
      id: "policy-before-relay-gate",
      wrong: [
        "smtpd_relay_restrictions": "check_policy_service inet:p:1, reject_unauth_destination"
      ],
      right: [
        "smtpd_relay_restrictions": "reject_unauth_destination, check_policy_service inet:p:1"
      ]),
    LintExample(
      id: "repeated-restriction",
      wrong: [
        "smtpd_sender_restrictions": "reject_rbl_client a.example, reject_rbl_client a.example"
      ],
      right: [
        "smtpd_sender_restrictions": "reject_rbl_client a.example, reject_rbl_client b.example"
      ],
      message: "'reject_rbl_client a.example' stands twice in smtpd_sender_restrictions"),
    LintExample(
      id: "dns-list-in-several-lists",
      wrong: [
        "smtpd_client_restrictions": "reject_rbl_client a.example",
        "smtpd_sender_restrictions": "reject_rbl_client a.example",
      ],
      right: [
        "smtpd_client_restrictions": "reject_rbl_client a.example",
        "smtpd_sender_restrictions": "reject_rbl_client b.example",
      ]),
    LintExample(
      id: "behind-decisive-table",
      wrong: ["smtpd_client_restrictions": "check_client_access static:OK, reject_non_fqdn_sender"],
      right: [
        "smtpd_client_restrictions": "check_client_access static:DUNNO, reject_non_fqdn_sender"
      ]),
    LintExample(
      id: "permit-ends-one-list",
      wrong: ["smtpd_sender_restrictions": "check_sender_access inline:{a=OK}"],
      right: ["smtpd_sender_restrictions": "check_sender_access inline:{a=REJECT}"]),
    LintExample(
      id: "dns-list-without-filter",
      wrong: ["smtpd_client_restrictions": "reject_rbl_client zen.spamhaus.org"],
      right: ["smtpd_client_restrictions": "reject_rbl_client zen.spamhaus.org=127.0.0.[2..11]"]),
    LintExample(
      id: "closed-dns-list",
      wrong: ["smtpd_client_restrictions": "reject_rbl_client dul.dnsbl.sorbs.net=127.0.0.10"],
      right: ["smtpd_client_restrictions": "reject_rbl_client psbl.surriel.com=127.0.0.2"],
      message: "DNS list 'dul.dnsbl.sorbs.net' was closed in 2024"),
    LintExample(
      id: "dns-list-of-other-kind",
      wrong: ["smtpd_client_restrictions": "reject_rbl_client dbl.spamhaus.org=127.0.1.2"],
      right: ["smtpd_client_restrictions": "reject_rhsbl_client dbl.spamhaus.org=127.0.1.2"]),
    LintExample(
      id: "dns-before-local-tests",
      wrong: ["smtpd_client_restrictions": "reject_rbl_client a.example, reject_non_fqdn_sender"],
      right: ["smtpd_client_restrictions": "reject_non_fqdn_sender, reject_rbl_client a.example"]),
    LintExample(
      id: "unused-class", wrong: ["smtpd_restriction_classes": "c", "c": "reject"],
      right: [
        "smtpd_restriction_classes": "c", "c": "reject",
        "smtpd_sender_restrictions": "check_sender_access inline:{a=c}",
      ], message: "nothing uses class 'c'"),
    LintExample(
      id: "table-inside-table",
      wrong: ["smtpd_sender_restrictions": "check_sender_access inline:{a=hash:b}"],
      right: ["smtpd_sender_restrictions": "check_sender_access inline:{a=REJECT}"]),
    LintExample(
      id: "unknown-table-action",
      wrong: ["smtpd_sender_restrictions": "check_sender_access inline:{a=REJCT}"],
      right: ["smtpd_sender_restrictions": "check_sender_access inline:{a=reject_non_fqdn_sender}"],
      message: "'REJCT' in 'inline:{a=REJCT}' is no action"),
    LintExample(
      id: "malformed-table-action",
      wrong: ["smtpd_sender_restrictions": "check_sender_access inline:{{a=REDIRECT bob}}"],
      right: ["smtpd_sender_restrictions": "check_sender_access inline:{{a=REDIRECT bob@b}}"]),
    LintExample(
      id: "unavailable-action",
      wrong: ["smtpd_etrn_restrictions": "check_etrn_access inline:{a=HOLD}"],
      right: ["smtpd_sender_restrictions": "check_sender_access inline:{a=HOLD}"],
      message: "HOLD has no effect in smtpd_etrn_restrictions"),
    LintExample(
      id: "contradictory-codes",
      wrong: ["smtpd_sender_restrictions": "check_sender_access inline:{{a=450 5.7.1 no}}"],
      right: ["smtpd_sender_restrictions": "check_sender_access inline:{{a=450 4.7.1 no}}"]),
    LintExample(
      id: "unknown-client-on-exchange",
      wrong: ["smtpd_client_restrictions": "reject_unknown_client_hostname"],
      right: ["smtpd_client_restrictions": "reject_unknown_reverse_client_hostname"]),
    LintExample(
      id: "name-checks-for-users",
      wrong: [
        "smtpd_sasl_auth_enable": "yes", "smtpd_helo_restrictions": "reject_invalid_helo_hostname",
      ],
      right: [
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_helo_restrictions": "permit_sasl_authenticated, reject_invalid_helo_hostname",
      ]),
    LintExample(
      id: "own-senders-unprotected", wrong: ["smtpd_sender_login_maps": "hash:/l"],
      right: [
        "smtpd_sender_login_maps": "hash:/l",
        "smtpd_sender_restrictions": "reject_sender_login_mismatch",
      ]),
    LintExample(
      id: "login-check-without-maps",
      wrong: ["smtpd_sender_restrictions": "reject_sender_login_mismatch"],
      right: [
        "smtpd_sender_restrictions": "reject_sender_login_mismatch",
        "smtpd_sender_login_maps": "hash:/l",
      ]),
    LintExample(
      id: "login-check-behind-permit",
      wrong: [
        "smtpd_sender_restrictions": "permit_sasl_authenticated, reject_sender_login_mismatch"
      ],
      right: [
        "smtpd_sender_restrictions": "reject_sender_login_mismatch, permit_sasl_authenticated"
      ]),
    LintExample(
      id: "passwords-in-clear", wrong: ["smtpd_sasl_auth_enable": "yes"],
      right: ["smtpd_sasl_auth_enable": "yes", "smtpd_tls_auth_only": "yes"]),
    LintExample(
      id: "permanent-code-for-failure", wrong: ["access_map_defer_code": "550"],
      right: ["access_map_defer_code": "450"]),
    LintExample(
      id: "pipelining-check-before-data",
      wrong: ["smtpd_recipient_restrictions": "reject_unauth_pipelining"],
      right: ["smtpd_data_restrictions": "reject_unauth_pipelining"]),
    LintExample(
      id: "helo-not-required", wrong: ["smtpd_helo_restrictions": "reject_invalid_helo_hostname"],
      right: [
        "smtpd_helo_restrictions": "reject_invalid_helo_hostname", "smtpd_helo_required": "yes",
      ]),
    LintExample(
      id: "policy-service-stops-mail",
      wrong: ["smtpd_recipient_restrictions": "check_policy_service inet:p:1"],
      right: [
        "smtpd_recipient_restrictions": "check_policy_service { inet:p:1, default_action=DUNNO }"
      ]),
    LintExample(
      id: "policy-before-recipient",
      wrong: [
        "smtpd_client_restrictions": "check_policy_service inet:p:1", "smtpd_delay_reject": "no",
      ],
      right: [
        "smtpd_recipient_restrictions": "check_policy_service inet:p:1", "smtpd_delay_reject": "no",
      ]),
    LintExample(
      id: "policy-per-recipient",
      wrong: ["smtpd_client_restrictions": "check_policy_service inet:p:1"],
      right: ["smtpd_data_restrictions": "check_policy_service inet:p:1"]),
    LintExample(
      id: "smuggling-allowed", wrong: ["smtpd_forbid_bare_newline": "no"],
      right: ["smtpd_forbid_bare_newline": "normalize"]),
    LintExample(
      id: "limits-below-minimum", wrong: ["smtpd_recipient_limit": "50"],
      right: ["smtpd_recipient_limit": "100"]),
    LintExample(
      id: "unknown-recipients-accepted", wrong: ["local_recipient_maps": ""],
      right: ["local_recipient_maps": "hash:/l"]),
    LintExample(
      id: "proxy-protocol-everywhere", wrong: ["smtpd_upstream_proxy_protocol": "haproxy"],
      right: ["smtpd_upstream_proxy_protocol": ""]),
    LintExample(
      id: "berkeley-db-table", wrong: ["smtpd_client_restrictions": "check_client_access hash:/c"],
      right: ["smtpd_client_restrictions": "check_client_access lmdb:/c"]),
  ]

  /// main.cf texts for rules over the whole configuration.
  static let configurations: [(id: String, wrong: String, right: String, message: String)] = [
    (
      "unused-parameter", "mydistination = example.com\n", "mydestination = example.com\n",
      "nothing knows parameter 'mydistination' (did you mean 'mydestination'?)"
    ),
    (
      "repeated-parameter", "mydomain = a.example\nmydomain = a.example\n",
      "mydomain = a.example\n",
      "'mydomain' is set twice to the same value"
    ),
    (
      "backslash-continuation", "mydestination = a.example, \\\n  b.example\n",
      "mydestination = a.example,\n  b.example\n",
      "a backslash in 'mydestination' does not continue a line "
        + "(begin the next line with white space instead)"
    ),
    (
      "comment-in-value", "mynetworks = 127.0.0.0/8 # local\n",
      "# local\nmynetworks = 127.0.0.0/8\n",
      "'#' and what follows is part of the value of 'mynetworks' "
        + "(put the remark on a line of its own)"
    ),
    (
      "placeholder-in-value", "myhostname = {{ mail_host }}\n",
      "virtual_alias_maps = inline:{{ a = b }}\n",
      "'{{ mail_host }}' in 'myhostname' was not filled in"
    ),
    (
      "sasl-never-enabled", "smtpd_relay_restrictions = permit_sasl_authenticated, reject\n",
      "smtpd_sasl_auth_enable = yes\nsmtpd_relay_restrictions = permit_sasl_authenticated, reject\n",
      "'permit_sasl_authenticated' permits nobody: no service sets smtpd_sasl_auth_enable"
    ),
    (
      "undefined-variable", "mydestination = $my_domains\n",
      "my_domains = a.example\nmydestination = $my_domains\n",
      "nothing defines '$my_domains' in 'mydestination' (did you mean '$mydomain'?)"
    ),
  ]
}
