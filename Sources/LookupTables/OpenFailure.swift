import RestrictionDSL

/// A table could not be opened.
public struct OpenFailure: Error, Hashable, Sendable {
  /// Why, in Postfix's words, for instance `open database X.db: No such file or directory`.
  public let reason: String

  /// A Postfix daemon stops here instead of failing every lookup.
  public let isFatal: Bool

  public init(_ reason: String, isFatal: Bool = false) {
    self.reason = reason
    self.isFatal = isFatal
  }
}

/// Stands for a table that could not be opened: every lookup throws.
///
/// - Source: postconf(5) daemon_table_open_error_is_fatal
final class UnavailableTable: LookupTable {
  let kind = TableKind.pattern
  let failure: OpenFailure
  private let error: LookupError

  init(_ spec: TableSpec, _ failure: OpenFailure) {
    self.failure = failure
    error = LookupError(
      .temporary, ["warning: \(spec) is unavailable. \(failure.reason)"],
      reason: "Application error")
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? { throw error }
}
