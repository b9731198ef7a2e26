import RestrictionDSL

/// Where a server of a table listens: `unix:path`, `inet:host:port`.
enum ServerName: Hashable, Sendable {
  case local(path: String)
  case inet(host: String, port: String)

  /// Reads what stands behind `inet:`.
  ///
  /// `host:port`, `[address]:port`, or a port of this host.
  init(inet text: String) {
    if text.hasPrefix("["), let end = text.lastIndex(of: "]") {
      let host = String(text[text.index(after: text.startIndex)..<end])
      let rest = text[text.index(after: end)...]
      self = .inet(host: host, port: rest.hasPrefix(":") ? String(rest.dropFirst()) : "")
    } else if let colon = text.lastIndex(of: ":") {
      self = .inet(host: String(text[..<colon]), port: String(text[text.index(after: colon)...]))
    } else {
      self = .inet(host: "localhost", port: text)
    }
  }

  /// Reads `transport:endpoint`.
  ///
  /// - Throws: in Postfix's words
  init(service text: String) throws(OpenFailure) {
    guard let colon = text.firstIndex(of: ":"), text.last != ":" || colon != text.indices.last
    else {
      throw OpenFailure("need service transport:endpoint instead of \"\(text)\"", isFatal: true)
    }
    let rest = String(text[text.index(after: colon)...])
    switch text[..<colon] {
    case "inet": self.init(inet: rest)
    case "unix": self = .local(path: rest)
    case let other:
      throw OpenFailure("invalid transport name: \(other) in service: \(text)", isFatal: true)
    }
  }
}
