/// Every parameter that this server reads: the one table from which defaults, checks, `postconf`
/// and the manual come.
///
/// - Source: postconf(5) of Postfix 3.7.11, 2.1 and 3.12; facts `parameters.tsv`
public enum ParameterCatalog {
  /// Sorted by name.
  public static let all: [Parameter] =
    [
      access, replies, addresses, limits, tls, authentication, content, dialogue, system,
      shared, cleanup,
    ].joined().sorted { $0.name < $1.name }

  /// The row of a name.
  public static func parameter(_ name: String) -> Parameter? { byName[name] }

  /// Old names that are still looked up: each, where it is set, is the default of its successor.
  public static let synonyms: [String: String] = [
    "smtpd_sasl_application_name": "smtpd_sasl_path",
    "smtpd_client_connection_limit_exceptions": "smtpd_client_event_limit_exceptions",
    "authorized_verp_clients": "smtpd_authorized_verp_clients",
    "virtual_maps": "virtual_alias_maps",
    "smtpd_per_record_deadline": "smtpd_per_request_deadline",
  ]

  private static let byName: [String: Parameter] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
