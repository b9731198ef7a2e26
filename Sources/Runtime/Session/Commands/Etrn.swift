import Compiler
import RestrictionDSL

/// ETRN: starts delivery of the mail for a domain. Its replies have no enhanced codes.
///
/// - Source: facts smtp-session.md §4 "ETRN", postfix-ipc.md §8
extension Session {
  func etrn(_ work: Work, _ io: inout SessionIO) throws(Suspension) -> CommandResult {
    if let refusal = refusalOfETRN(work) {
      send(refusal, &io)
      return .failed
    }
    let domain = etrnDomain(of: work)
    facts.etrnDomain = domain
    defer { facts.etrnDomain = nil }
    switch try decide(.etrn, work) {
    case .accept: break
    case .reject(let reply, let kind):
      errorMask.insert(kind)
      send(reply, &io)
      return .failed
    case .hangUp, .fatal: return abort()
    }
    return try flush(domain, work, &io)
  }

  private func refusalOfETRN(_ work: Work) -> SessionReply? {
    if service.settings.requiresHelo && facts.helo == nil { return .etrnHelo }
    if state.hasSender { return .etrnInTransaction }
    guard work.words.count == 2 else { return .etrnSyntax }
    let domain = etrnDomain(of: work)
    guard DomainName.isValidHostname(domain.span) || DomainName.isValidLiteral(domain.span) else {
      return .etrnParameter
    }
    return nil
  }

  /// The argument without one `@` or `#` in front.
  private func etrnDomain(of work: Work) -> Bytes {
    let word = work.word(1)
    return Bytes(word.first == 0x40 || word.first == 0x23 ? word.dropFirst() : word)
  }

  /// Asks the flush service, where the domain is one of fast_flush_domains.
  private func flush(
    _ domain: Bytes, _ work: Work, _ io: inout SessionIO
  ) throws(Suspension) -> CommandResult {
    var status: Int?
    do {
      if try service.lists.fastFlushDomains.matches(domain, book: &work.book) {
        if case .flush(let answer) = try work.book.answer(to: .flush(site: domain)) {
          status = answer
        }
      } else {
        status = 4
      }
    } catch {
      guard case .failed(let failure) = error else { throw error }
      work.book.log.append(contentsOf: failure.messages)
    }
    flushLog(work)
    switch status {
    case 0:
      send(.etrnStarted, &io)
      return .accepted
    case 4:
      log(SessionLogLines.etrn("reject:", domain, clientName))
      send(Bytes("459 <") + domain + Bytes(">: service unavailable"), &io)
    case 3:
      log(SessionLogLines.etrn("bad", domain, clientName))
      send(.etrnFailed, &io)
    default:
      log("warning: unable to talk to fast flush service")
      send(.etrnFailed, &io)
    }
    return .failed
  }
}
