/// A parameter of another Postfix program: for `postconf`, for warnings about unused names, and for
/// "did you mean".
///
/// - Source: `postconf -d` of Postfix 3.7.11; facts `all-parameters.tsv`
public struct KnownParameter: Hashable, Sendable {
  public let name: String
  /// Default as `postconf -d` of 3.7.11 prints it; `nil` where that version does not know the name.
  public let defaultText: String?

  init(_ name: String, _ defaultText: String? = nil) {
    self.name = name
    self.defaultText = defaultText
  }

  /// Every one, sorted by name; none of them is in ``ParameterCatalog``.
  public static let all: [KnownParameter] =
    [lmtp, postscreen, smtpClient, others].joined().sorted { $0.name < $1.name }

  /// Whether Postfix or this server knows the name, per-transport names excepted.
  public static func isKnown(_ name: String) -> Bool {
    ParameterCatalog.parameter(name) != nil || names.contains(name)
  }

  /// Every name that Postfix or this server knows.
  public static let allNames: [String] =
    (ParameterCatalog.all.map(\.name) + all.map(\.name)).sorted()

  /// The default of a parameter that only others read.
  static func defaultText(of name: String) -> String? {
    all.first { $0.name == name }?.defaultText
  }

  private static let names: Set<String> = Set(all.map(\.name))
}
