import RestrictionDSL

/// A $name refers to nothing.
public struct UndefinedVariable: ConfigurationRule {
  public static let id = "undefined-variable"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    A $name refers to nothing. Nothing defines the parameter, so the reference is replaced \
    by nothing.
    """

  public init() {}

  public func findings(in configuration: LintedConfiguration) -> [Diagnostic] {
    configuration.namedReferences.compactMap { reference in
      let name = reference.name
      guard !KnownParameter.isKnown(name), configuration.mainCF.value(name) == nil,
        !UndefinedVariable.filledElsewhere.contains(name)
      else { return nil }
      let nearest = NearestName.of(
        name, among: KnownParameter.allNames + configuration.mainCF.names)
      return finding(
        "nothing defines '$\(name)' in '\(reference.parameter)'", at: reference.range,
        help: nearest.map { "did you mean '$\($0)'?" })
    }
  }

  /// Names that a program fills in when it uses the value.
  ///
  /// - Source: postconf(5): default_rbl_reply, smtpd_reject_footer, forward_path, luser_relay,
  ///   mailbox_command, notify commands
  private static let filledElsewhere: Set<String> = [
    "rbl_class", "rbl_code", "rbl_domain", "rbl_reason", "rbl_txt", "rbl_what", "client",
    "client_address", "client_name", "client_port", "client_ptr", "client_resolve",
    "reverse_client_name", "helo_name", "sender", "sender_name", "sender_domain", "recipient",
    "recipient_name", "recipient_domain", "server_name", "server_address", "server_port",
    "localtime", "user", "home", "shell", "extension", "domain", "local", "mailbox", "nexthop",
    "original_recipient", "size", "sasl_method", "sasl_username", "sasl_sender", "queue_id",
    "authorized_verp_clients", "virtual_maps", "stress",
  ]
}
