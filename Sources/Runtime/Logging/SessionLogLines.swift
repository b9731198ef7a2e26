import RestrictionDSL

/// The lines that sessions write to the log, besides access decisions.
///
/// - Source: facts proxies-and-extensions.md §15
enum SessionLogLines {
  static func connect(_ client: Bytes) -> Bytes { Bytes("connect from ") + client }

  static func disconnect(_ client: Bytes, _ statistics: Bytes) -> Bytes {
    Bytes("disconnect from ") + client + statistics
  }

  /// `lost connection after RCPT from CLIENT`.
  ///
  /// - Parameter size: accounted size, where content was being received.
  static func abnormalEnd(
    _ reason: String, after command: Bytes, size: Int?, client: Bytes
  ) -> Bytes {
    var line = Bytes(reason) + Bytes(" after ") + command
    if let size { line += Bytes(" (\(size) bytes)") }
    return line + Bytes(" from ") + client
  }

  static func unverified(_ name: Bytes, _ address: IPAddress, _ reason: String?) -> String {
    "warning: hostname \(name.text) does not resolve to address \(address)"
      + (reason.map { ": \($0)" } ?? "")
  }

  /// `warning: WHAT limit exceeded: N from CLIENT for service S`.
  static func limit(_ what: String, _ count: Int, _ client: Bytes, _ service: Bytes) -> Bytes {
    Bytes("warning: \(what) limit exceeded: \(count) from ") + client + Bytes(" for service ")
      + service
  }

  static func pipelining(after command: Bytes, _ client: Bytes, _ text: Bytes) -> Bytes {
    Bytes("improper command pipelining after ") + command + Bytes(" from ") + client + Bytes(": ")
      + text
  }

  /// `< CLIENT: COMMAND` or `> CLIENT: REPLY`, for debug_peer_list.
  static func dialogue(_ mark: String, _ client: Bytes, _ line: ArraySlice<UInt8>) -> Bytes {
    Bytes(mark) + client + Bytes(": ") + line
  }

  static func tooLong(_ client: Bytes, limit: Int, _ line: Bytes) -> Bytes {
    Bytes("warning: ") + client + Bytes(": request longer than \(limit): ") + line.prefix(30)
      + Bytes("...")
  }

  static func notSMTP(_ client: Bytes, _ line: Bytes) -> Bytes {
    Bytes("warning: non-SMTP command from ") + client + Bytes(": ")
      + PrintableText.escaped(line).prefix(100)
  }

  static func replacing(_ client: Bytes, _ line: Bytes, by replacement: Bytes) -> Bytes {
    client + Bytes(": replacing command \"") + line + Bytes("\" with \"") + replacement
      + Bytes("\"")
  }

  static func illegalAddress(_ client: Bytes, in command: Bytes, _ text: Bytes) -> Bytes {
    Bytes("warning: Illegal address syntax from ") + client + Bytes(" in ") + command
      + Bytes(" command: ") + text
  }

  static func localDataError(_ subject: LogLines.Subject, _ host: Bytes) -> Bytes {
    (subject.queueID ?? Bytes("NOQUEUE")) + Bytes(": reject: ") + subject.command
      + Bytes(" from ") + subject.client + Bytes(": 421 4.3.0 ") + host
      + Bytes(" Server local data error")
  }

  /// `warning: ID: …`.
  static func about(_ queueID: Bytes?, _ text: String) -> Bytes {
    Bytes("warning: ") + (queueID ?? Bytes("NOQUEUE")) + Bytes(": \(text)")
  }

  static func featureUnknown(_ feature: String, _ client: Bytes) -> Bytes {
    Bytes("warning: don't know if EHLO feature \(feature) should be announced to ") + client
  }

  static func commandUnknown(_ command: String, _ client: Bytes) -> Bytes {
    Bytes("warning: don't know if command \(command) should be allowed from ") + client
  }

  static func keywordsUnknown(_ client: Bytes) -> Bytes {
    Bytes("warning: don't know what EHLO features to announce to ") + client
  }

  static func etrn(_ what: String, _ domain: Bytes, _ client: Bytes) -> Bytes {
    Bytes("warning: \(what) ETRN ") + domain.prefix(100) + Bytes("... from ") + client
  }
}
