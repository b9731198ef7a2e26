import RestrictionDSL

/// The search that Postfix makes at start for what stops mail for foreign recipients.
///
/// Looks at words, not at restrictions: an argument that is spelt like a gate counts as one.
///
/// - Source: facts restrictions.md §3 "Start-up checks"; messages observed on 3.7.11
struct RelayGate {
  /// The words that count, in the order of the message.
  static let names = [
    "reject_unauth_destination", "defer_unauth_destination", "reject", "defer", "defer_if_permit",
    "check_relay_domains",
  ]

  private let source: PolicySource
  private(set) var diagnostics: [Diagnostic] = []

  /// Searches the recipient list, then the relay list.
  static func diagnostics(_ source: PolicySource, settings: Settings) -> [Diagnostic] {
    var gate = RelayGate(source: source)
    let found = [Stage.recipient, .relay].contains { stage in
      gate.search(source.list(stage).elements, open: [])
    }
    if !found {
      let last = names[names.count - 1]
      let text =
        "in parameter \(Stage.relay.parameterName) or \(Stage.recipient.parameterName), specify at "
        + "least one working instance of: " + names.dropLast().joined(separator: ", ")
        + " or \(last)"
      let entry =
        settings.entry(Stage.relay.parameterName)?.range
        ?? settings.entry(Stage.recipient.parameterName)?.range
      gate.diagnostics.append(
        Diagnostic(
          .error, "missing-relay-gate",
          "neither \(Stage.relay.parameterName) nor \(Stage.recipient.parameterName) stops mail for "
            + "foreign recipients", at: entry,
          help: "add reject_unauth_destination to \(Stage.relay.parameterName)",
          logLine: "fatal: \(text)"))
    }
    return gate.diagnostics
  }

  private init(source: PolicySource) { self.source = source }

  private mutating func search(_ elements: [RestrictionElement], open: Set<String>) -> Bool {
    var index = 0
    while index < elements.count {
      let element = elements[index]
      let word = element.text.lowercased()
      index += 1
      switch word {
      case "warn_if_reject":
        // What follows does not stop anything.
        index += 1
      case "permit":
        if index < elements.count { ignore(elements[index], after: word) }
        return false
      default:
        if RelayGate.names.contains(word) { return true }
        guard let inner = source.classes[element.text], !open.contains(inner.name) else { continue }
        if search(inner.list.elements, open: open.union([inner.name])) { return true }
      }
    }
    return false
  }

  private mutating func ignore(_ element: RestrictionElement, after word: String) {
    diagnostics.append(
      Diagnostic(
        .warning, "unreachable-restriction",
        "'\(element.text)' after '\(word)' is never evaluated", at: element.range,
        notes: element.notes,
        logLine: "warning: restriction `\(element.text)' after `\(word)' is ignored"))
  }
}
