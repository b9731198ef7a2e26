extension ParameterCatalog {
  /// What the queue writer does with accepted mail: the parameters of cleanup(8).
  ///
  /// - Source: postconf(5); defaults of Postfix 3.7.11
  static let cleanup: [Parameter] = [
    Parameter(
      "always_add_missing_headers", .bool, "no", since: "2.6",
      "add From, To, Date or Message-ID to mail of remote clients too"),
    Parameter("always_bcc", .string, "", since: "1.1", "address that gets a copy of all mail"),
    Parameter("body_checks", .maps, "", since: "1.1", "tables that body lines are looked up in"),
    Parameter(
      "body_checks_size_limit", .int, "51200", since: "2.0",
      "bytes of each part that body_checks looks at"),
    Parameter(
      "canonical_classes", .list,
      "envelope_sender, envelope_recipient, header_sender, header_recipient", since: "2.2",
      "addresses that canonical_maps applies to"),
    Parameter(
      "cleanup_replace_stray_cr_lf", .bool, "yes", since: "3.8",
      "replace a CR or LF inside a line by a blank"),
    Parameter(
      "delay_warning_time", .time, "0h", since: "1.1",
      "time after which the sender is told that mail is late; 0 = never"),
    Parameter(
      "duplicate_filter_limit", .int, "1000", since: "1.1",
      "recipients remembered to drop duplicates"),
    Parameter("header_checks", .maps, "", since: "1.1", "tables that headers are looked up in"),
    Parameter(
      "hopcount_limit", .int, "50", min: 1, since: "1.1",
      "Received headers that mail may have"),
    Parameter(
      "masquerade_classes", .list, "envelope_sender, header_sender, header_recipient",
      since: "1.1", "addresses that masquerade_domains applies to"),
    Parameter(
      "masquerade_domains", .list, "", since: "1.1", "domains whose subdomains are hidden"),
    Parameter(
      "masquerade_exceptions", .list, "", since: "1.1", "users that are not masqueraded"),
    Parameter(
      "message_reject_characters", .string, "", since: "2.3",
      "characters that a message must not have"),
    Parameter(
      "message_strip_characters", .string, "", since: "2.3",
      "characters that are taken out of messages"),
    Parameter(
      "mime_header_checks", .maps, "$header_checks", since: "2.0",
      "tables that MIME headers are looked up in"),
    Parameter(
      "nested_header_checks", .maps, "$header_checks", since: "2.0",
      "tables that headers of attached messages are looked up in"),
    Parameter(
      "propagate_unmatched_extensions", .list, "canonical, virtual", since: "1.1",
      "mappings that keep an address extension"),
    Parameter(
      "queue_file_attribute_count_limit", .int, "100", since: "2.5",
      "attributes that a message may have"),
    Parameter(
      "recipient_bcc_maps", .maps, "", since: "2.1", "addresses that get copies, by recipient"),
    Parameter(
      "recipient_canonical_classes", .list, "envelope_recipient, header_recipient", since: "2.2",
      "addresses that recipient_canonical_maps applies to"),
    Parameter(
      "sender_bcc_maps", .maps, "", since: "2.1", "addresses that get copies, by sender"),
    Parameter(
      "sender_canonical_classes", .list, "envelope_sender, header_sender", since: "2.2",
      "addresses that sender_canonical_maps applies to"),
    Parameter(
      "undisclosed_recipients_header", .string, "", since: "1.1",
      "header for mail without a recipient header"),
    Parameter(
      "virtual_alias_address_length_limit", .int, "1000", since: "3.0",
      "longest address after virtual alias expansion"),
    Parameter(
      "virtual_alias_expansion_limit", .int, "1000", since: "2.1",
      "recipients that one address may become"),
    Parameter(
      "virtual_alias_recursion_limit", .int, "1000", since: "2.1",
      "nesting of virtual alias expansion"),
  ]
}
