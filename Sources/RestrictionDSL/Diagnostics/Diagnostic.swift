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

  /// What `smtpd lint --fix` would do.
  public var fixIt: FixIt?

  /// The line that Postfix logs for this mistake, with its `warning: ` or `fatal: ` prefix; `nil`
  /// where Postfix says nothing.
  ///
  /// Where Postfix logs a warning and then stops, both lines, separated by a line feed. `serve`
  /// logs ``logLines``, and stops where ``isFatal``.
  public var logLine: String?

  /// The lines of ``logLine`` as they go to the log: what Postfix does not print is `?`.
  public var logLines: [String] {
    guard let logLine else { return [] }
    return logLine.unicodeScalars.split(separator: "\n").map { line in
      var printed = String.UnicodeScalarView()
      for scalar in line {
        let isPrinted = scalar.value >= 32 && scalar.value != 127 && scalar.value != 0xFFFD
        printed.append(isPrinted ? scalar : "?")
      }
      return String(printed)
    }
  }

  /// What makes two findings the same one, whatever is said besides.
  public struct Identity: Hashable, Sendable {
    let id: String
    let range: SourceRange?
    let message: String
  }

  public var identity: Identity { Identity(id: id, range: range, message: message) }

  /// Whether Postfix stops here.
  public var isFatal: Bool { logLines.last?.hasPrefix("fatal: ") ?? false }

  public init(
    _ severity: Severity, _ id: String, _ message: String, at range: SourceRange? = nil,
    help: String? = nil, notes: [Note] = [], logLine: String? = nil, fixIt: FixIt? = nil
  ) {
    self.severity = severity
    self.id = id
    self.message = message
    self.range = range
    self.help = help
    self.notes = notes
    self.logLine = logLine
    self.fixIt = fixIt
  }
}
