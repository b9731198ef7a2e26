extension RulePages {
  static let lists: [RulePage] = [
    RulePage(
      "unreachable-restriction",
      why: "Postfix says so only for permit, and only at run time.",
      bad: "smtpd_client_restrictions = permit_mynetworks, reject, reject_unauth_pipelining\n",
      good: "smtpd_client_restrictions = permit_mynetworks, reject\n",
      fix: "Remove it, or put it in front."),
    RulePage(
      "behind-decisive-table",
      why: "'My block does not work': an earlier rule has decided about everybody.",
      bad: "smtpd_recipient_restrictions = permit_auth_destination, reject_unauth_destination,\n"
        + "  reject_unknown_sender_domain\n",
      good:
        "smtpd_recipient_restrictions = reject_unknown_sender_domain, permit_auth_destination,\n"
        + "  reject_unauth_destination\n",
      fix: "Put it in front of what decides."),
    RulePage(
      "permit-ends-one-list",
      why:
        "An OK in the sender list is taken for a permission of the mail; the lists behind it still "
        + "refuse.",
      bad: "smtpd_sender_restrictions = check_sender_access inline:{a.example=OK}\n",
      good: "smtpd_sender_restrictions = check_sender_access inline:{a.example=REJECT}\n",
      fix: "Permit in every list, or keep all checks in one."),
    RulePage(
      "repeated-restriction",
      why: "The second one says what the first one said, and may cost a query.",
      bad: "smtpd_sender_restrictions = reject_non_fqdn_sender, reject_non_fqdn_sender\n",
      good: "smtpd_sender_restrictions = reject_non_fqdn_sender\n", fix: "Remove one."),
    RulePage(
      "dns-list-without-filter",
      why:
        "Spamhaus answers 127.255.255.254 to resolvers that it refuses; every mail was bounced with "
        + "554.",
      bad: "smtpd_recipient_restrictions = reject_rbl_client zen.spamhaus.org\n",
      good: "smtpd_recipient_restrictions = reject_rbl_client zen.spamhaus.org=127.0.0.[2..11]\n",
      fix: "Name the answers that count; --fix does."),
    RulePage(
      "closed-dns-list",
      why:
        "AHBL listed the whole Internet in 2015 to be heard; SORBS is silent since 2024. 6 of 113 "
        + "public configurations ask closed lists.",
      bad: "smtpd_client_restrictions = reject_rbl_client dnsbl.sorbs.net=127.0.0.2\n",
      good: "smtpd_client_restrictions = reject_rbl_client psbl.surriel.com=127.0.0.2\n",
      fix: "Remove it."),
    RulePage(
      "dns-list-lists-everything",
      why: "Such a list was given up, or takes this resolver for a public one.",
      bad: "smtpd_client_restrictions = reject_rbl_client dead.example=127.0.0.2\n",
      good: "smtpd_client_restrictions = reject_rbl_client psbl.surriel.com=127.0.0.2\n",
      fix: "Remove the list, or use a resolver of your own.",
      state: "what the list answers decides", needsNetwork: true),
    RulePage(
      "dns-list-silent",
      why: "A dead list costs every mail a time limit and stops nothing.",
      bad: "smtpd_client_restrictions = reject_rbl_client dead.example=127.0.0.2\n",
      good: "smtpd_client_restrictions = reject_rbl_client psbl.surriel.com=127.0.0.2\n",
      fix: "Remove the list.", state: "what the list answers decides", needsNetwork: true),
    RulePage(
      "public-resolver",
      why:
        "Lists refuse what comes through 8.8.8.8 and its like: they answer an error, or nothing.",
      bad: "smtpd_client_restrictions = reject_rbl_client zen.spamhaus.org=127.0.0.[2..11]\n",
      good: "smtpd_client_restrictions = reject_rbl_client psbl.surriel.com=127.0.0.2\n",
      fix: "Run a resolver on this machine.", state: "with nameserver 8.8.8.8 in resolv.conf",
      needsNetwork: true),
    RulePage(
      "dns-list-in-several-lists",
      why: "The later check can never find what the earlier one did not.",
      bad: "smtpd_client_restrictions = reject_rbl_client a.example=127.0.0.2\n"
        + "smtpd_sender_restrictions = reject_rbl_client a.example=127.0.0.2\n",
      good: "smtpd_client_restrictions = reject_rbl_client a.example=127.0.0.2\n"
        + "smtpd_sender_restrictions = reject_rbl_client b.example=127.0.0.2\n",
      fix: "Ask once."),
    RulePage(
      "dns-list-of-other-kind",
      why: "A list of domains never lists an address; some answer with an error.",
      bad: "smtpd_client_restrictions = reject_rbl_client dbl.spamhaus.org=127.0.1.2\n",
      good: "smtpd_client_restrictions = reject_rhsbl_client dbl.spamhaus.org=127.0.1.2\n",
      fix: "Use reject_rhsbl_* for domains, reject_rbl_client for addresses."),
    RulePage(
      "dns-before-local-tests",
      why: "Every RCPT waits for the DNS although a local test would decide about some of it.",
      bad:
        "smtpd_sender_restrictions = reject_rbl_client a.example=127.0.0.2, reject_non_fqdn_sender\n",
      good:
        "smtpd_sender_restrictions = reject_non_fqdn_sender, reject_rbl_client a.example=127.0.0.2\n",
      fix: "Put it in front of the DNS list."),
    RulePage(
      "secret-in-dns-list",
      why: "The paid key went to every spammer in the reply text.",
      bad: "smtpd_client_restrictions =\n"
        + "  reject_rbl_client a1b2c3d4e5f6g7h8i9j0k1l2m3.zen.dq.spamhaus.net=127.0.0.[2..11]\n",
      good: "smtpd_client_restrictions =\n"
        + "  reject_rbl_client a1b2c3d4e5f6g7h8i9j0k1l2m3.zen.dq.spamhaus.net=127.0.0.[2..11]\n"
        + "default_rbl_reply = $rbl_code listed\n",
      fix: "Give the list a reply in rbl_reply_maps."),
    RulePage(
      "aggressive-dns-list",
      why: "Mail of large providers was lost to lists that name whole networks.",
      bad: "smtpd_client_restrictions = reject_rbl_client dnsbl-3.uceprotect.net=127.0.0.2\n",
      good: "smtpd_client_restrictions = reject_rbl_client dnsbl-1.uceprotect.net=127.0.0.2\n",
      fix: "Put warn_if_reject in front, or leave it to a filter that adds up scores."),
    RulePage(
      "pipelining-check-before-data",
      why:
        "A client that was offered PIPELINING may send ahead; 23 of 113 configurations check where "
        + "nothing can be found.",
      bad: "smtpd_client_restrictions = reject_unauth_pipelining\n",
      good: "smtpd_data_restrictions = reject_unauth_pipelining\n",
      fix: "Put it into smtpd_data_restrictions."),
    RulePage(
      "helo-not-required",
      why: "A client that says no HELO skips the list.",
      bad: "smtpd_helo_restrictions = reject_invalid_helo_hostname\n",
      good: "smtpd_helo_required = yes\nsmtpd_helo_restrictions = reject_invalid_helo_hostname\n",
      fix: "Set smtpd_helo_required = yes."),
  ]
}
