extension ParameterCatalog {
  /// Address rewriting, domain classes, recipient tables.
  ///
  /// - Source: postconf(5); defaults of Postfix 3.7.11
  static let addresses: [Parameter] = [
    Parameter(
      "alias_database", .maps, "hash:/etc/aliases", since: "1.1",
      "alias tables that newaliases rebuilds"),
    Parameter(
      "alias_maps", .maps, "hash:/etc/aliases, nis:mail.aliases", since: "1.1",
      "alias tables of local(8); referenced by local_recipient_maps"),
    Parameter(
      "allow_min_user", .bool, "no", since: "1.1",
      #"accept addresses that start with "-""#),
    Parameter(
      "allow_percent_hack", .bool, "yes", since: "1.1",
      "rewrite user%domain to user@domain"),
    Parameter(
      "append_at_myorigin", .bool, "yes", since: "1.1",
      "add @$myorigin to user"),
    Parameter(
      "append_dot_mydomain", .nbool,
      "${{$compatibility_level} <level {1} ? {yes} : {no}}",
      since: "1.1",
      "add .$mydomain to user@host"),
    Parameter(
      "authorized_verp_clients", .list,
      "",
      since: "1.1", era: .legacy, replacedBy: "smtpd_authorized_verp_clients",
      """
      1.1/2.0 name of smtpd_authorized_verp_clients; undefined unless set, still referenced by \
      the new default
      """),
    Parameter(
      "canonical_maps", .maps, "", since: "1.1",
      "address rewriting table; smtpd only tests whether a recipient is in it"),
    Parameter(
      "default_transport", .string, "smtp", min: 1, since: "1.1",
      "transport of the default class"),
    Parameter(
      "default_verp_delimiters", .string, "+=", min: 2, max: 2, since: "1.1",
      "the two default VERP delimiter characters"),
    Parameter(
      "empty_address_default_transport_maps_lookup_key", .string, "<>", min: 1, since: "2.7",
      "key that stands for the null sender there"),
    Parameter(
      "empty_address_recipient", .string, "MAILER-DAEMON", min: 1, since: "1.1",
      "recipient that replaces a null address in the resolver"),
    Parameter(
      "empty_address_relayhost_maps_lookup_key", .string, "<>", min: 1, since: "2.5",
      "key that stands for the null sender there"),
    Parameter(
      "inet_interfaces", .list, "all", since: "1.1",
      "network interfaces that this system treats as its own"),
    Parameter(
      "local_header_rewrite_clients", .list, "permit_inet_interfaces", since: "2.2",
      "clients whose mail is rewritten in the local context"),
    Parameter(
      "local_recipient_maps", .maps, "proxy:unix:passwd.byname $alias_maps", since: "1.1",
      "valid names or addresses in local domains; empty = all valid"),
    Parameter(
      "local_transport", .string, "local:$myhostname", min: 1, since: "1.1",
      "transport of the local class"),
    Parameter(
      "mydestination", .list, "$myhostname, localhost.$mydomain, localhost", since: "1.1",
      "local domains"),
    Parameter(
      "mynetworks_style", .style,
      "${{$compatibility_level} <level {2} ? {subnet} : {host}}",
      min: 1, since: "1.1",
      "how to derive mynetworks when unset: class, subnet or host"),
    Parameter(
      "proxy_interfaces", .list, "", since: "2.0",
      "addresses of a front-end proxy or NAT that count as own addresses"),
    Parameter(
      "recipient_canonical_maps", .maps, "", since: "1.1",
      "recipient rewriting table; smtpd only tests whether an address is in it"),
    Parameter(
      "relay_domains", .list,
      "${{$compatibility_level} <level {2} ? {$mydestination} : {}}",
      since: "1.1",
      "domains that this system relays mail to"),
    Parameter(
      "relay_recipient_maps", .maps, "", since: "2.0",
      "valid addresses in relay domains; empty = all valid"),
    Parameter(
      "relay_transport", .string, "relay", min: 1, since: "2.0",
      "transport of the relay class"),
    Parameter(
      "relayhost", .string, "", since: "1.1",
      "next hop for non-local mail"),
    Parameter(
      "relocated_maps", .maps, "", since: "1.1",
      "moved addresses; a match resolves to an error"),
    Parameter(
      "relocated_prefix_enable", .nbool, "yes", since: "3.11", era: .newer,
      #"put "5.1.6 User has moved to " before relocated_maps results"#),
    Parameter(
      "remote_header_rewrite_domain", .string, "", since: "2.2",
      "domain for headers of remote mail"),
    Parameter(
      "resolve_dequoted_address", .bool, "yes", since: "2.0",
      "look for routing characters inside a quoted local part"),
    Parameter(
      "resolve_numeric_domain", .bool, "no", since: "2.3",
      "read user@1.2.3.4 as user@[1.2.3.4] instead of an error"),
    Parameter(
      "sender_canonical_maps", .maps, "", since: "1.1",
      "sender rewriting table; consulted only by the unlisted-sender check"),
    Parameter(
      "sender_dependent_default_transport_maps", .maps, "", since: "2.7",
      "default transport by sender"),
    Parameter(
      "sender_dependent_relayhost_maps", .maps, "", since: "2.3",
      "relayhost by sender"),
    Parameter(
      "show_user_unknown_table_name", .bool, "yes", since: "2.0",
      #"append the name of the failing table to "User unknown""#),
    Parameter(
      "smtpd_authorized_verp_clients", .list, "$authorized_verp_clients", since: "2.1",
      "clients that may use XVERP"),
    Parameter(
      "swap_bangpath", .bool, "yes", since: "1.1",
      "rewrite site!user to user@site"),
    Parameter(
      "transport_maps", .maps, "", since: "1.1",
      "transport by address or domain; can turn an address into error: or retry:"),
    Parameter(
      "unknown_local_recipient_reject_code", .int, "550", since: "2.0",
      "reply code for an address in a local domain that local_recipient_maps does not list"),
    Parameter(
      "unknown_relay_recipient_reject_code", .int, "550", since: "2.0",
      "reply code for an address in relay_domains that relay_recipient_maps does not list"),
    Parameter(
      "unknown_virtual_alias_reject_code", .int, "550", since: "2.0",
      "reply code for an address in a virtual alias domain that virtual_alias_maps does not list"),
    Parameter(
      "unknown_virtual_mailbox_reject_code", .int, "550", since: "2.0",
      """
      reply code for an address in a virtual mailbox domain that virtual_mailbox_maps does not \
      list
      """),
    Parameter(
      "verp_delimiter_filter", .string, "-=+", min: 1, since: "1.1",
      "characters allowed as VERP delimiters"),
    Parameter(
      "virtual_alias_domains", .list, "$virtual_alias_maps", since: "2.0",
      "virtual alias domains"),
    Parameter(
      "virtual_alias_maps", .maps, "$virtual_maps", since: "2.0",
      "alias table; a match makes an address valid"),
    Parameter(
      "virtual_mailbox_domains", .list, "$virtual_mailbox_maps", since: "2.0",
      "virtual mailbox domains"),
    Parameter(
      "virtual_mailbox_maps", .maps, "", since: "1.1",
      "valid addresses in virtual mailbox domains; empty = all valid"),
    Parameter(
      "virtual_transport", .string, "virtual", min: 1, since: "2.0",
      "transport of the virtual mailbox class"),
  ]
}
