import RestrictionDSL

/// Policy delegation.
///
/// - Source: facts restrictions.md §5.9
extension Evaluation {
  func checkPolicyService(
    _ text: String, _ binding: BoundProgram.Binding, _ bound: BoundProgram
  ) throws(Suspension) -> Outcome {
    guard case .service(let service) = binding else { return misconfigured(.missingPolicyServer) }
    let request = PolicyRequest.bytes(
      facts, stress: parameters.stress, context: Bytes(service.policyContext))
    let finding = Finding(table: text, key: Bytes("policy query"), target: .list)
    let answer = try run.book.answer(
      to: .policy(endpoint: text, request: request, serial: nextSerial()))
    if case .policy(.action(let action)) = answer {
      if !parameters.usesUTF8 || String(validating: action, as: UTF8.self) != nil {
        return try apply(action, finding, .plain, bound)
      }
      let shown = PrintableText.cleaned(action, utf8: true).text
      log("warning: malformed UTF-8 in policy server \(text) response: \"\(shown)\"")
    }
    return try apply(failed(service), finding, .plain, bound, isDefaultAction: true)
  }

  /// The action that stands for a failed service.
  private func failed(_ service: PolicyEndpoint) -> Bytes {
    if run.frames.contains(where: \.isDefaultAction) { return Bytes(ReplyTexts.policyFailure) }
    return Bytes(service.defaultAction)
  }
}
