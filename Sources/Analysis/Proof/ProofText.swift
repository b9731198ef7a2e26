import RestrictionDSL

/// Proofs of all services of a configuration, as text and as JSON.
public enum ProofText {
  /// For people: one block for each service.
  public static func text(_ results: [ProofResult]) -> String {
    var lines: [String] = []
    if let first = results.first { lines.append("property: \(first.property.name)") }
    for result in results {
      lines.append("service \(result.service)  \(result.status.rawValue)  \(result.summary)")
      if let witness = result.witness { lines.append("  witness: \(witness.text)") }
      for assumption in result.assumptions {
        lines.append("  \(result.status == .undecided ? "would need" : "given"): \(assumption)")
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// For programs.
  public static func json(_ results: [ProofResult]) -> String {
    let services = results.map { result in
      var members: [(name: String, value: JSONText)] = [
        (name: "service", value: .string(result.service)),
        (name: "property", value: .string(result.property.name)),
        (name: "status", value: .string(result.status.rawValue)),
        (name: "summary", value: .string(result.summary)),
        (name: "assumptions", value: .array(result.assumptions.map(JSONText.string))),
      ]
      if let witness = result.witness {
        members.append((name: "witness", value: self.witness(witness)))
      }
      return JSONText.object(members)
    }
    return JSONText.object([(name: "results", value: .array(services))]).text + "\n"
  }

  private static func witness(_ witness: Witness) -> JSONText {
    let conversation = witness.conversation
    return .object([
      (name: "client", value: .string("\(conversation.client)")),
      (name: "text", value: .string(witness.text)),
      (name: "helo", value: .string(conversation.helo?.text ?? "")),
      (name: "sender", value: .string(conversation.sender?.text ?? "")),
      (name: "recipients", value: .array(conversation.recipients.map { .string($0.text) })),
      (
        name: "dialogue",
        value: .array(
          witness.exchanges.map { exchange in
            .object([
              (name: "command", value: .string(exchange.command)),
              (name: "replies", value: .array(exchange.replies.map(JSONText.string))),
            ])
          })
      ),
    ])
  }
}
