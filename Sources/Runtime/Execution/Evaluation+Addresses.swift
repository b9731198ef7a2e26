import Compiler
import LookupTables
import RestrictionDSL

/// Resolving addresses, and asking what is ours.
///
/// - Source: facts restrictions.md §7
extension Evaluation {
  /// The address as mail to it would be routed.
  ///
  /// - Throws: where the resolver cannot tell: `451 4.3.0 <address>: Temporary lookup failure`.
  func resolve(_ address: Bytes, _ subject: Subject) throws(Suspension) -> Resolution {
    // Analyses do a node for one recipient after the other with the same run.
    if subject == .recipient, let known = run.resolvedRecipient, known.isOf(address.span) {
      return known
    }
    let resolved = try context.resolver.resolve(
      address, sender: otherEnd(of: subject), book: &run.book)
    guard !resolved.hasFailed else {
      failureName = address
      recording = nil
      throw .failed(LookupError(.temporary, []))
    }
    if subject == .recipient { run.resolvedRecipient = resolved }
    return resolved
  }

  /// The other address of the transaction; matters only where routing depends on it.
  func otherEnd(of subject: Subject) -> Bytes {
    (subject == .sender ? facts.recipient : facts.sender) ?? []
  }

  /// Whether mail for a domain is delivered here.
  func isLocal(_ domain: Bytes) throws(Suspension) -> Bool {
    try context.resolver.isLocal(domain, book: &run.book)
  }
}
