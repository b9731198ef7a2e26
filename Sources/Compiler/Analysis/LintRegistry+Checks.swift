/// Findings of start-up checks, and of reading files, beside those of the rules.
extension LintRegistry {
  /// Id, number and explanation of what is found without a rule.
  private static let checks: [(id: String, number: String?, explanation: String)] = [
    (
      "missing-relay-gate", "SP105",
      "Nothing stops mail for foreign recipients, so Postfix refuses to start. Put "
        + "reject_unauth_destination into smtpd_relay_restrictions."
    ),
    (
      "unreachable-restriction", "SP201",
      "The restriction is never evaluated: the one in front of it ends the list whatever happens."
    ),
    (
      "unknown-restriction", "SP301",
      "The word is neither a restriction nor a class. Mail that reaches it gets 451 4.3.5 Server "
        + "configuration error."
    ),
    (
      "missing-argument", "SP302",
      "The restriction needs something behind it that is not there. Mail that reaches it gets "
        + "451 4.3.5 Server configuration error."
    ),
    (
      "bare-table", "SP302",
      "A table in smtpd_data_restrictions or smtpd_end_of_data_restrictions needs the name of a "
        + "check in front, because these stages have no default one."
    ),
    (
      "class-cycle", "SP307",
      "A restriction class contains itself. Postfix runs out of memory when evaluation reaches it; "
        + "this server answers 451 4.3.5."
    ),
    (
      "class-without-definition", nil,
      "smtpd_restriction_classes names a class that main.cf does not define. The server does not "
        + "start."
    ),
    (
      "class-shadowed", nil,
      "A class has the name of a built-in restriction. The built-in one is always used."
    ),
    (
      "old-restriction-name", "SP309",
      "The restriction has a newer name, or was removed from later releases of Postfix, where it "
        + "is answered with 451 4.3.5."
    ),
    (
      "bad-tempfail-action", nil,
      "A tempfail action is neither defer nor defer_if_permit. The server does not start."
    ),
    (
      "policy-service", nil,
      "The argument of check_policy_service is malformed. The server does not start."
    ),
    (
      "table-attributes", nil,
      "The braces around a table are malformed, or hold attributes that nothing knows."
    ),
    (
      "table-unavailable", "SP402",
      "A table cannot be opened. Every mail that needs it is answered with a temporary error until "
        + "it is there; run postmap, or correct the name."
    ),
    (
      "bad-network", nil,
      "A list of clients has a network that cannot be used: bits behind the mask, a mask that is too "
        + "long, or an IPv6 address without brackets. With the last the server does not start; with the "
        + "others every client that comes so far in the list gets a temporary error."
    ),
    (
      "damaged-table", "SP402",
      "The index of a table opens, and parts of it are wiped, cut off or garbage, so that keys are "
        + "not found, or lookups fail."
    ),
    (
      "stale-table", "SP401",
      "The index of a table is older than its source, so that edits have no effect."
    ),
    (
      "table-line", "SP409",
      "A line of a table cannot be read and is skipped, or an IF has no ENDIF."
    ),
    (
      "duplicate-key", "SP404",
      "A table has a key twice, with different values. The first one counts."
    ),
    (
      "dead-key", "SP405",
      "A row has a key that is never looked up in a table of this use, so that it has no "
        + "effect."
    ),
    (
      "dot-key", "SP406",
      "A row for '.domain' is never found, because parent_domain_matches_subdomains has "
        + "access tables asked with 'domain' for subdomains."
    ),
    (
      "text-table-changed", "SP407",
      "A text table was changed after Postfix was started, which reads such tables once."
    ),
    (
      "loose-pattern", "SP408",
      "A pattern that permits is not anchored, or has a dot that stands for any character, "
        + "so that more matches than it says."
    ),
    (
      "shadowed-pattern", "SP409",
      "A pattern is never tried, because one above it matches whatever it matches."
    ),
    (
      "backtracking-pattern", "SP410",
      "A pattern repeats a group whose content repeats, which can take exponential time."
    ),
    (
      "shadowed-network", "SP411",
      "A network with an action of its own stands below a wider one. The first one that "
        + "holds the address decides."
    ),
    (
      "writable-table", "SP412",
      "The index of a table belongs to root, and others can write it or put another in its "
        + "place."
    ),
    (
      "lmdb-format", "SP413",
      "An LMDB file has a format that the library of this machine cannot read."
    ),
    (
      "policy-socket-missing", "SP602",
      "The socket of a policy service is not there."
    ),
    (
      "policy-host-unknown", "SP602",
      "The host of a policy service has no address."
    ),
    (
      "dns-list-lists-everything", "SP206",
      "A DNS list lists what no list may list, so that it refuses all mail."
    ),
    (
      "dns-list-silent", "SP206",
      "A DNS list does not list the test address that every list must have, or does not "
        + "answer."
    ),
    (
      "public-resolver", "SP207",
      "A DNS list refuses questions that come through a public resolver, and this machine "
        + "uses one."
    ),
    (
      "unhonoured-parameter", nil,
      "A parameter is set to something other than its default, and this server does not do "
        + "what it asks for."
    ),
    (
      "suppression-without-reason", nil,
      "A remark that allows a finding gives no reason, and so allows nothing."
    ),
    (
      "unused-suppression", nil,
      "A remark allows a finding that is not there."
    ),
    (
      "overriding-entry", nil,
      "A parameter is set twice to different values. The last one counts."
    ),
    (
      "leading-whitespace", nil,
      "A line begins with white space and continues nothing; it is ignored."
    ),
    (
      "main-cf-syntax", nil,
      "A line of main.cf is not name = value."
    ),
    (
      "master-cf-syntax", nil,
      "A line of master.cf lacks a field, or a field has a value that master(5) does not "
        + "know."
    ),
    (
      "bad-override", nil,
      "An -o of master.cf is not name=value."
    ),
    (
      "bad-parameter-value", nil,
      "The value of a parameter is not of its type, or out of its range."
    ),
    (
      "macro-syntax", nil,
      "A $name or ${name…} cannot be expanded."
    ),
    (
      "renamed-parameter", nil,
      "A parameter has a newer name."
    ),
    (
      "list-file-unavailable", "SP402",
      "A file that a list names cannot be read. Every match fails with a temporary error."
    ),
  ]

  /// `SPnnn` of an id, where it has one.
  public static func number(of id: String) -> String? {
    if let check = checks.first(where: { $0.id == id }) { return check.number }
    return rules.first { $0.id == id }?.number
      ?? configurationRules.first { $0.id == id }?.number
  }

  /// Every id with its paragraph.
  public static var explanations: [(id: String, explanation: String)] {
    checks.map { ($0.id, $0.explanation) } + rules.map { ($0.id, $0.explanation) }
      + configurationRules.map { ($0.id, $0.explanation) }
  }
}
