import RestrictionDSL

/// Expands `$name` and the conditional forms in a reply template: reject footers, DNS list replies.
///
/// The forms are those of main.cf (``Expansion``), but a value comes from a client: it is filtered,
/// inserted, and not expanded itself.
///
/// - Source: postconf(5) smtpd_reject_footer, default_rbl_reply, smtpd_expansion_filter; facts
///   restrictions.md §10.3
public enum MacroExpander {
  /// What became of a template.
  public struct Result: Hashable, Sendable {
    /// Empty where the template cannot be parsed.
    public var text: Bytes = []
    /// A name that was to be inserted was unknown, or the template cannot be parsed.
    public var isBad = false
    /// Names that were unknown, in order, each as often as it was met.
    public var unknownNames: [Bytes] = []
    /// Why the template cannot be parsed.
    public var mistakes: [String] = []

    /// The lines that Postfix logs.
    public var warnings: [String] {
      unknownNames.map { "warning: unknown macro name \"\($0.text)\" in expansion request" }
        + mistakes.map { "warning: \($0)" }
    }
  }

  /// Expands a template.
  ///
  /// - Parameter value: the value of a name; `nil` where the name is unknown. Empty is a value.
  public static func expand(
    _ template: Bytes, filter: Filter = Filter(), value: (Bytes) -> Bytes?
  ) -> Result {
    withoutActuallyEscaping(value) { value in
      var result = Result()
      var expansion = Expansion { name in
        if let value = value(Bytes(name)) {
          return TracedText(value.map { filter.allows($0) ? $0 : 0x5F })
        }
        result.unknownNames.append(Bytes(name))
        return nil
      }
      expansion.undefined = { _ in result.isBad = true }
      do throws(Expansion.Failure) {
        result.text = try expansion.expand(TracedText(template), of: "").bytes
      } catch {
        result.isBad = true
        result.mistakes = error.messages
      }
      return result
    }
  }
}
