extension RulePages {
  private static let policy = "inet:127.0.0.1:10023"

  static let mail: [RulePage] = [
    RulePage(
      "unknown-client-on-exchange",
      why: "Many legitimate servers have names and addresses that do not lead back to each other.",
      bad: "smtpd_client_restrictions = reject_unknown_client_hostname\n",
      good: "smtpd_client_restrictions = reject_unknown_reverse_client_hostname\n",
      fix: "Use reject_unknown_reverse_client_hostname."),
    RulePage(
      "name-checks-for-users", why: "Phones and laptops are refused for their HELO names.",
      bad:
        "smtpd_sasl_auth_enable = yes\nsmtpd_sender_restrictions = reject_invalid_helo_hostname\n",
      good: "smtpd_sasl_auth_enable = yes\n"
        + "smtpd_sender_restrictions = permit_sasl_authenticated, reject_invalid_helo_hostname\n",
      fix: "Put permit_sasl_authenticated in front."),
    RulePage(
      "own-senders-unprotected", why: "Strangers write as your users to your users.",
      bad: "smtpd_sender_login_maps = inline:{a=b}\n",
      good: "smtpd_sender_login_maps = inline:{a=b}\n"
        + "smtpd_sender_restrictions = reject_sender_login_mismatch\n",
      fix: "Use reject_sender_login_mismatch."),
    RulePage(
      "login-check-without-maps", why: "3 of 113 configurations check against an empty table.",
      bad: "smtpd_sender_restrictions = reject_sender_login_mismatch\n",
      good: "smtpd_sender_restrictions = reject_sender_login_mismatch\n"
        + "smtpd_sender_login_maps = inline:{a=b}\n", fix: "Set smtpd_sender_login_maps."),
    RulePage(
      "login-check-behind-permit", why: "Users who are logged in never reach the check.",
      bad: "smtpd_sender_login_maps = inline:{a=b}\nsmtpd_sender_restrictions = "
        + "permit_sasl_authenticated, reject_sender_login_mismatch\n",
      good: "smtpd_sender_login_maps = inline:{a=b}\nsmtpd_sender_restrictions = "
        + "reject_sender_login_mismatch, permit_sasl_authenticated\n", fix: "Put it in front."),
    RulePage(
      "passwords-in-clear", why: "Whoever listens has the password.",
      bad: "smtpd_sasl_auth_enable = yes\n",
      good: "smtpd_sasl_auth_enable = yes\nsmtpd_tls_auth_only = yes\n",
      fix: "Set smtpd_tls_auth_only = yes."),
    RulePage(
      "sasl-never-enabled", why: "16 of 113 configurations permit users who cannot log in.",
      bad: "smtpd_relay_restrictions = permit_sasl_authenticated, reject\n",
      good: "smtpd_sasl_auth_enable = yes\nsmtpd_tls_auth_only = yes\n"
        + "smtpd_relay_restrictions = permit_sasl_authenticated, reject\n",
      fix: "Set smtpd_sasl_auth_enable = yes where users log in."),
    RulePage(
      "permanent-code-for-failure",
      why: "Mail is lost, not delayed, when a lookup fails for a moment.",
      bad: "access_map_defer_code = 550\n", good: "access_map_defer_code = 450\n", fix: "Use 450."),
    RulePage(
      "policy-service-stops-mail",
      why: "The daemon was down, and all mail got 451 4.3.5 after minutes of waiting.",
      bad: "smtpd_recipient_restrictions = check_policy_service \(policy)\n",
      good: "smtpd_recipient_restrictions = check_policy_service { \(policy), "
        + "default_action=DUNNO }\n",
      fix: "Give it default_action=DUNNO."),
    RulePage(
      "policy-socket-missing",
      why: "Paths are relative to the queue; one typing error stops all mail.",
      bad: "queue_directory = /etc/postfix\nsmtpd_data_restrictions = "
        + "check_policy_service { unix:private/policy, default_action=DUNNO }\n",
      good: "queue_directory = /etc/postfix\nsmtpd_data_restrictions = "
        + "check_policy_service { unix:policy, default_action=DUNNO }\n",
      fix: "Start the service, or correct the path.", badFiles: [("policy", "socket\n")]),
    RulePage(
      "policy-host-unknown", why: "All mail that reaches the service is deferred.",
      bad: "smtpd_data_restrictions = check_policy_service { inet:gone.example:1, "
        + "default_action=DUNNO }\n",
      good: "smtpd_data_restrictions = check_policy_service { inet:127.0.0.1:1, "
        + "default_action=DUNNO }\n",
      fix: "Correct the name.", state: "gone.example has no address", needsNetwork: true),
    RulePage(
      "policy-before-recipient", why: "Sender and recipient are empty when the service is asked.",
      bad: "smtpd_delay_reject = no\nsmtpd_client_restrictions = "
        + "check_policy_service { \(policy), default_action=DUNNO }\n",
      good: "smtpd_delay_reject = no\nsmtpd_recipient_restrictions = "
        + "check_policy_service { \(policy), default_action=DUNNO }\n",
      fix: "Put it into smtpd_recipient_restrictions."),
    RulePage(
      "policy-per-recipient", why: "The client list runs again for every recipient.",
      bad: "smtpd_client_restrictions = check_policy_service { \(policy), default_action=DUNNO }\n",
      good: "smtpd_data_restrictions = check_policy_service { \(policy), default_action=DUNNO }\n",
      fix: "Put it into smtpd_data_restrictions."),
    RulePage(
      "smuggling-allowed", why: "A forged second message inside the first one.",
      bad: "smtpd_forbid_bare_newline = no\n", good: "smtpd_forbid_bare_newline = normalize\n",
      fix: "Set it to normalize."),
    RulePage(
      "smuggling-through-filter",
      why: "What the first server let through ends a message at the second.",
      bad: "smtpd_proxy_filter = 127.0.0.1:10025\n", good: "smtpd_proxy_filter = 127.0.0.1:10025\n",
      fix: "Empty the exclusions behind the filter.",
      badFiles: [
        (
          "master.cf",
          "smtp inet n - n - - smtpd\n127.0.0.1:10026 inet n - n - - smtpd\n"
            + "  -o smtpd_proxy_filter=\n  -o smtpd_forbid_bare_newline=normalize\n"
            + "  -o smtpd_forbid_bare_newline_exclusions=127.0.0.0/8\n"
        )
      ],
      goodFiles: [
        (
          "master.cf",
          "smtp inet n - n - - smtpd\n127.0.0.1:10026 inet n - n - - smtpd\n"
            + "  -o smtpd_proxy_filter=\n  -o smtpd_forbid_bare_newline=normalize\n"
            + "  -o smtpd_forbid_bare_newline_exclusions=\n"
        )
      ]),
    RulePage(
      "limits-below-minimum", why: "RFC 5321 demands 100 recipients.",
      bad: "smtpd_recipient_limit = 50\n", good: "smtpd_recipient_limit = 100\n",
      fix: "Raise it."),
    RulePage(
      "proxy-protocol-everywhere", why: "Direct clients hang until they time out.",
      bad: "smtpd_upstream_proxy_protocol = haproxy\n", good: "smtpd_upstream_proxy_protocol =\n",
      fix: "Set it with -o for the service behind the load balancer."),
    RulePage(
      "unknown-recipients-accepted", why: "Bounces go to forged senders: backscatter.",
      bad: "local_recipient_maps =\n", good: "local_recipient_maps = inline:{a=b}\n",
      fix: "Give the tables of known users."),
  ]
}
