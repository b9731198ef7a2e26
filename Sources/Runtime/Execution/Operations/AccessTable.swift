import Compiler
import LookupTables
import RestrictionDSL

/// Where an action was found: names the table in messages, and whom the reply is about.
struct Finding {
  let table: String
  /// What was looked up, whole, whichever part of it was found.
  let key: Bytes
  let target: ReplyTarget
}

/// Access tables, and what their right-hand sides do.
///
/// - Source: access(5); facts restrictions.md §6
extension Evaluation {
  func access(
    _ subject: Subject, _ table: OpenTable, _ bound: BoundProgram
  ) throws(Suspension) -> Outcome {
    switch subject {
    case .client:
      return try clientAccess(facts.client.name, .client, .plain, table, bound)
    case .reverseClient:
      let name = facts.client.reverseName
      return try clientAccess(name, .reverseClient, .permitIsError(name), table, bound)
    case .helo: return try nameAccess(facts.helo, .helo, table, bound)
    case .etrn: return try nameAccess(facts.etrnDomain, .etrn, table, bound)
    case .sender:
      guard let sender = facts.sender else { return .dunno }
      guard !sender.isEmpty else {
        return try exactAccess(parameters.nullSenderKey, .sender, table, bound)
      }
      return try mailAccess(sender, .sender, table, bound)
    case .recipient:
      guard let recipient = facts.recipient, !recipient.isEmpty else { return .dunno }
      return try mailAccess(recipient, .recipient, table, bound)
    case .sasl:
      guard hasSASL("check_sasl_access"), let login = facts.login else { return .dunno }
      return try exactAccess(login.user, .sasl, table, bound)
    case .ccert: return try certificateAccess(table, [], bound)
    }
  }

  private func clientAccess(
    _ name: Bytes, _ subject: Subject, _ continuation: Frame.Continuation, _ table: OpenTable,
    _ bound: BoundProgram
  ) throws(Suspension) -> Outcome {
    if let value = try probeName(table, name.span) {
      return try apply(value, finding(table, name, subject), continuation, bound)
    }
    let address = facts.client.addressText
    guard let value = try probeAddress(table, address.span) else { return .dunno }
    return try apply(value, finding(table, address, subject), continuation, bound)
  }

  private func nameAccess(
    _ name: Bytes?, _ subject: Subject, _ table: OpenTable, _ bound: BoundProgram
  ) throws(Suspension) -> Outcome {
    guard let name, let value = try probeName(table, name.span) else { return .dunno }
    return try apply(value, finding(table, name, subject), .plain, bound)
  }

  private func exactAccess(
    _ key: Bytes, _ subject: Subject, _ table: OpenTable, _ bound: BoundProgram
  ) throws(Suspension) -> Outcome {
    guard !key.isEmpty, let value = try probe(table, key.span, check: "check_access") else {
      return .dunno
    }
    return try apply(value, finding(table, key, subject), .plain, bound)
  }

  private func mailAccess(
    _ address: Bytes, _ subject: Subject, _ table: OpenTable, _ bound: BoundProgram
  ) throws(Suspension) -> Outcome {
    let resolved = try resolve(address, subject)
    guard let shape = resolved.shape else {
      log("warning: check_mail_access: no @domain in address: \(resolved.address.text)")
      return .dunno
    }
    let mail = resolved.address
    var value = run.takeEntry()
    if value == nil {
      value = try context.keys.mail(mail.span, shape, in: table) {
        key throws(Suspension) in try probe(table, key, check: "check_mail_access")
      }
    }
    guard let value else { return .dunno }
    let isRouted =
      subject == .recipient && resolved.isRouted && !parameters.allowsUntrustedRouting
    return try apply(
      value, finding(table, resolved.address, subject), isRouted ? .permitIsDunno : .plain, bound)
  }

  func finding(_ table: OpenTable, _ key: Bytes, _ subject: Subject) -> Finding {
    Finding(table: table.spec.description, key: key, target: .subject(subject))
  }

  // MARK: Probing

  /// One key.
  ///
  /// A table that cannot be asked stands for a reject, as an entry would.
  ///
  /// - Parameter check: name of the check in Postfix's message about a table in braces.
  func probe(
    _ table: OpenTable, _ key: Span<UInt8>, check: StaticString
  ) throws(Suspension) -> Bytes? {
    do throws(Suspension) {
      return try run.book.value(of: table, for: key)
    } catch {
      guard case .failed(let cause) = error else { throw error }
      recording = nil
      if table.spec.isInBraces {
        log("warning: \(check): unexpected dictionary: \(table.spec)")
      } else {
        log(cause.messages)
        if !EmptyValue.isReported(by: cause) { log(table.lookupErrorLine(for: key)) }
      }
      return Bytes(ReplyTexts.tableFailure)
    }
  }

  /// A host name and its parent domains; an address in the place of a name has none.
  func probeName(_ table: OpenTable, _ name: Span<UInt8>) throws(Suspension) -> Bytes? {
    let isRemote = table.isRemote
    return try context.keys.host(name, kind: table.kind) { key throws(Suspension) in
      // No domain has a longer name. A HELO argument of a thousand labels would be a thousand questions.
      if isRemote, key.count > DomainName.maxLength, key.count < name.count { return nil }
      return try probe(table, key, check: "check_domain_access")
    }
  }

  /// An address and its networks.
  func probeAddress(
    _ table: OpenTable, _ address: Span<UInt8>
  ) throws(Suspension) -> Bytes? {
    try context.keys.address(address, kind: table.kind) { key throws(Suspension) in
      try probe(table, key, check: "check_addr_access")
    }
  }
}
