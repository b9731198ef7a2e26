import RestrictionDSL

/// Parameters that ask for something this server cannot do yet.
///
/// It refuses to start, by name, rather
/// than serve without what the administrator relies on.
enum UnsupportedSettings {
  private static let forbidden: [(name: String, isAsked: @Sendable (String) -> Bool)] = [
    ("smtpd_sasl_auth_enable", isYes), ("smtpd_use_tls", isYes), ("smtpd_enforce_tls", isYes),
    ("smtpd_tls_wrappermode", isYes),
    ("smtpd_tls_security_level", { !["", "none"].contains($0.lowercased()) }),
    ("smtpd_milters", { !$0.isEmpty }), ("smtpd_proxy_filter", { !$0.isEmpty }),
    ("smtpd_reject_filter_maps", { !$0.isEmpty }),
    ("smtpd_upstream_proxy_protocol", { !$0.isEmpty }),
  ]

  private static let isYes: @Sendable (String) -> Bool = { $0.lowercased() == "yes" }

  /// One finding for each parameter.
  static func diagnostics(_ settings: Settings) -> [Diagnostic] {
    forbidden.compactMap { name, isAsked in
      let value = settings.string(name)
      guard isAsked(value) else { return nil }
      return Diagnostic(
        .error, "unsupported-parameter", "\(name) = \(value): not supported by this server yet",
        at: settings.entry(name)?.range)
    }
  }
}
