import RestrictionDSL

/// A parameter has no effect.
public struct UnusedParameter: ConfigurationRule {
  public static let id = "unused-parameter"
  public static let number: String? = "SP303"
  public static let severity = Diagnostic.Severity.warning
  public static let explanation = """
    A parameter has no effect. Nothing knows the name and no other value refers to it; often \
    it is misspelt, or written for another program (smtp_ instead of smtpd_).
    """

  public init() {}

  public func findings(in configuration: LintedConfiguration) -> [Diagnostic] {
    let used = configuration.references.union(configuration.classNames)
    return configuration.mainCF.names.compactMap { name in
      guard !KnownParameter.isKnown(name), !used.contains(name), !isPerTransport(name),
        !configuration.tablePrefixes.contains(where: { name.hasPrefix($0 + "_") })
      else { return nil }
      let nearest = NearestName.of(name, among: KnownParameter.allNames)
      let range = configuration.mainCF.entry(name)?.nameRange
      var diagnostic = finding(
        "nothing knows parameter '\(name)'", at: range,
        help: nearest.map { "did you mean '\($0)'?" }, severity: nearest == nil ? .warning : .error)
      if let nearest, configuration.mainCF.entry(nearest) == nil {
        diagnostic.fixIt = FixIt.writing(nearest, for: name, at: range)
      }
      return diagnostic
    }
  }

  /// - Source: qmgr(8), pipe(8): parameters whose first part is the name of a transport
  private func isPerTransport(_ name: String) -> Bool {
    UnusedParameter.suffixes.contains { name.hasSuffix($0) && name.utf8.count > $0.utf8.count }
  }

  private static let suffixes = [
    "_destination_recipient_limit", "_destination_concurrency_limit",
    "_initial_destination_concurrency", "_destination_concurrency_positive_feedback",
    "_destination_concurrency_negative_feedback", "_destination_concurrency_failed_cohort_limit",
    "_destination_rate_delay", "_transport_rate_delay", "_recipient_limit",
    "_extra_recipient_limit", "_recipient_refill_limit", "_recipient_refill_delay",
    "_delivery_slot_cost", "_delivery_slot_loan", "_delivery_slot_discount",
    "_minimum_delivery_slots", "_time_limit", "_privacy_level", "_service_name",
  ]
}
