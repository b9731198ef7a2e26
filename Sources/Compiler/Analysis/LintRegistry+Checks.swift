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
      "table-warning", "SP401",
      "Opening a table gave a warning: its source is newer than its index, or a rule in it was "
        + "skipped."
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
