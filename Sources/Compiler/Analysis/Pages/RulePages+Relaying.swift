/// The pages, in groups.
enum RulePages {
  static let relaying: [RulePage] = [
    RulePage(
      "open-relay",
      why: "An open relay is found by scanners within hours, and its address is listed everywhere. "
        + "Postfix starts with such a list without a word.",
      bad: "smtpd_relay_restrictions = check_client_access static:OK, reject_unauth_destination\n",
      good:
        "smtpd_relay_restrictions = check_client_access static:DUNNO, reject_unauth_destination\n",
      fix: "Put reject_unauth_destination in front of whatever permits everybody."),
    RulePage(
      "table-before-relay-gate",
      why:
        "HELO name and sender are words that the client chooses: whoever says the right one relays. "
        + "SMTPD_ACCESS_README warns of it, and public configurations have it.",
      bad: "smtpd_relay_restrictions = check_sender_access inline:{friend.example=OK}, "
        + "reject_unauth_destination\n",
      good: "smtpd_relay_restrictions = check_sender_access inline:{friend.example=REJECT}, "
        + "reject_unauth_destination\n",
      fix: "Move the table to smtpd_recipient_restrictions and keep the gate in "
        + "smtpd_relay_restrictions."),
    RulePage(
      "trusts-everybody",
      why: "permit_mynetworks then permits every client on the Internet.",
      bad: "mynetworks = 127.0.0.0/8, 0.0.0.0/0\n", good: "mynetworks = 127.0.0.0/8, 10.1.0.0/16\n",
      fix: "List the networks of your own clients."),
    RulePage(
      "trusts-container-network",
      why:
        "With source NAT or a user-space proxy every outside client shows the address of the bridge; "
        + "several mail server images became open relays that way.",
      bad: "mynetworks = 127.0.0.0/8, 172.17.0.0/16\n",
      good: "mynetworks = 127.0.0.0/8, 172.17.0.5/32\n",
      fix: "Name the containers that send mail, and check which address an outside client has."),
    RulePage(
      "replaced-relay-gate",
      why: "An override replaces a list, it does not append to it; people asked three times.",
      bad: "smtpd_relay_restrictions = reject_unauth_destination\n",
      good: "smtpd_relay_restrictions = reject_unauth_destination\n",
      fix: "Repeat the whole list in the override.",
      badFiles: [
        (
          "master.cf",
          "smtp inet n - n - - smtpd\n  -o smtpd_relay_restrictions=permit_mynetworks,"
            + "check_client_access,static:OK,reject\n"
        )
      ],
      goodFiles: [
        (
          "master.cf",
          "smtp inet n - n - - smtpd\n  -o smtpd_relay_restrictions=permit_mynetworks,reject\n"
        )
      ]),
    RulePage(
      "missing-relay-gate",
      why:
        "smtpd stops at the first connection, all mail stops and the log floods. 12 of 113 public "
        + "configurations were like this.",
      bad: "smtpd_relay_restrictions = permit_mynetworks\n",
      good: "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n",
      fix: "Add reject_unauth_destination to smtpd_relay_restrictions."),
    RulePage(
      "submission-without-reject",
      why:
        "Unauthenticated mail for local users is accepted on port 587, past the checks of port 25.",
      bad: "smtpd_tls_auth_only = yes\n", good: "smtpd_tls_auth_only = yes\n",
      fix: "End the relay or recipient list of the service with reject.",
      badFiles: [
        (
          "master.cf",
          "submission inet n - n - - smtpd\n"
            + "  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject_unauth_destination\n"
        )
      ],
      goodFiles: [
        (
          "master.cf",
          "submission inet n - n - - smtpd\n"
            + "  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject\n"
        )
      ]),
    RulePage(
      "deferring-relay-gate",
      why:
        "Remote servers retry for days what will never be accepted, and scanners report a relay.",
      bad: "smtpd_relay_restrictions = permit_mynetworks, defer_unauth_destination\n",
      good: "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n",
      fix: "Use reject_unauth_destination once the configuration is settled."),
    RulePage(
      "mx-backup-without-networks",
      why: "Whoever owns a domain points its MX at you and relays.",
      bad: "smtpd_recipient_restrictions = permit_mx_backup, reject_unauth_destination\n",
      good: "smtpd_recipient_restrictions = permit_mx_backup, reject_unauth_destination\n"
        + "permit_mx_backup_networks = 192.0.2.0/24\n",
      fix: "Set permit_mx_backup_networks to the networks of the primary servers."),
    RulePage(
      "any-certificate-relays",
      why: "Certificates of public authorities are free: anybody has one.",
      bad: "smtpd_relay_restrictions = permit_tls_all_clientcerts, reject\n",
      good: "smtpd_relay_restrictions = permit_tls_clientcerts, reject\n",
      fix: "List fingerprints in relay_clientcerts and use permit_tls_clientcerts."),
    RulePage(
      "untrusted-routing",
      why: "Relay tests with user%domain pass.", bad: "allow_untrusted_routing = yes\n",
      good: "allow_untrusted_routing = no\n", fix: "Leave it off."),
    RulePage(
      "public-reinjection",
      why: "Clients that find the port behind the content filter bypass it, and relay.",
      bad: "inet_interfaces = all\n", good: "inet_interfaces = all\n",
      fix: "Let the service listen on 127.0.0.1.",
      badFiles: [("master.cf", "10025 inet n - n - - smtpd\n  -o content_filter=\n")],
      goodFiles: [("master.cf", "127.0.0.1:10025 inet n - n - - smtpd\n  -o content_filter=\n")]),
    RulePage(
      "policy-before-relay-gate",
      why: "An OK of the service relays, and it is asked about mail that is refused anyway.",
      bad: "smtpd_relay_restrictions =\n  check_policy_service { inet:127.0.0.1:10023, "
        + "default_action=DUNNO },\n  reject_unauth_destination\n",
      good: "smtpd_relay_restrictions = reject_unauth_destination,\n"
        + "  check_policy_service { inet:127.0.0.1:10023, default_action=DUNNO }\n",
      fix: "Put it behind reject_unauth_destination."),
  ]
}
