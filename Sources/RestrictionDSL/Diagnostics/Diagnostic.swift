/// A finding about the administrator's text: collected, never thrown.
public struct Diagnostic: Hashable, Sendable {
  public enum Severity: String, Sendable, Hashable { case error, warning, info }

  /// Further place that belongs to a finding, for instance the `$name` it was reached through.
  public struct Note: Hashable, Sendable {
    public let range: SourceRange?
    public let message: String

    public init(range: SourceRange?, message: String) {
      self.range = range
      self.message = message
    }
  }

  /// Stable identifier in kebab case, for instance `unknown-restriction`.
  public let id: String
  public let severity: Severity
  public let range: SourceRange?

  /// One line, lower case, no full stop.
  public let message: String

  /// Shown behind the underline of the source excerpt, for instance `did you mean 'x'?`.
  public var help: String?
  public var notes: [Note]

  /// The line that Postfix logs for this mistake, with its `warning: ` or `fatal: ` prefix; `nil`
  /// where Postfix says nothing. `serve` logs it, and stops where it begins with `fatal: `.
  public var logLine: String?

  public init(
    _ severity: Severity, _ id: String, _ message: String, at range: SourceRange? = nil,
    help: String? = nil, notes: [Note] = [], logLine: String? = nil
  ) {
    self.severity = severity
    self.id = id
    self.message = message
    self.range = range
    self.help = help
    self.notes = notes
    self.logLine = logLine
  }
}
