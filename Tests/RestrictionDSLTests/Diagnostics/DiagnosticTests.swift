import RestrictionDSL
import Testing

@Suite struct `Log lines of a diagnostic` {
  // Source: smtpd -S of Postfix 3.7.11
  @Test func `have a question mark for what Postfix does not print`() {
    let diagnostic = Diagnostic(
      .error, "x", "y", logLine: "warning: a\u{1}b\u{E9}\u{FFFD}\nfatal: c")
    #expect(diagnostic.logLines == ["warning: a?b\u{E9}?", "fatal: c"])
    #expect(diagnostic.isFatal)
  }

  @Test func `stop the server only where the last one does`() {
    #expect(!Diagnostic(.error, "x", "y", logLine: "warning: fatal: c").isFatal)
    #expect(!Diagnostic(.error, "x", "y").isFatal)
  }
}
