import Compiler
import RestrictionDSL

/// HELO and EHLO.
///
/// - Source: facts smtp-session.md §4 "HELO / EHLO"
extension Session {
  func helo(_ work: Work, _ io: inout SessionIO) throws(Suspension) -> CommandResult {
    guard try greet(work, syntax: .heloSyntax, &io) else { return .failed }
    send(Bytes("250 ") + service.settings.hostName, &io)
    return .accepted
  }

  func ehlo(_ work: Work, _ io: inout SessionIO) throws(Suspension) -> CommandResult {
    // The list is asked before anything is changed; that it failed is said after the other tests.
    let offers: Result<EHLOOffers, Suspension>
    do {
      offers = .success(try ehloOffers(work))
    } catch {
      guard case .failed = error else { throw error }
      offers = .failure(error)
    }
    guard try greet(work, syntax: .ehloSyntax, &io) else { return .failed }
    facts.protocolName = Session.esmtp
    if let line = hiddenKeywords.logLine { log(line) }
    let reply = service.ehloReply(hiding: hiddenKeywords, offers: try offers.get())
    flushLog(work)
    send(reply, isShared: true, isEachLineSlow: true, &io)
    return .accepted
  }

  static let smtp = Bytes("SMTP")
  static let esmtp = Bytes("ESMTP")

  /// Checks the argument and starts a new transaction under the new name.
  ///
  /// - Returns: `false` where the command was refused.
  private func greet(
    _ work: Work, syntax: SessionReply, _ io: inout SessionIO
  ) throws(Suspension) -> Bool {
    guard work.words.count > 1 else {
      send(syntax, &io)
      return false
    }
    let name = joinedWords(of: work, from: 1)
    if !service.settings.delaysReject {
      let before = facts.helo
      facts.helo = name
      defer { facts.helo = before }
      switch try decide(.helo, work) {
      case .accept: break
      case .reject(let reply, let kind):
        facts.helo = before
        errorMask.insert(kind)
        send(reply, &io)
        return false
      case .hangUp, .fatal:
        _ = abort()
        return false
      }
    }
    endTransaction()
    resetTranscript(above: service.settings.historyThreshold, io)
    facts.helo = PrintableText.neutered(name, utf8: service.settings.smtputf8)
    messageSource = nil
    policy.forgetFacts()
    return true
  }

  /// What EHLO offers to this client only.
  private func ehloOffers(_ work: Work) throws(Suspension) -> EHLOOffers {
    guard work.words.count > 1 else { return [] }
    if flags.contains(.keywordsUnknown) {
      throw .failed(LookupFailure.reporting(SessionLogLines.keywordsUnknown(clientName)))
    }
    var offers: EHLOOffers = []
    switch try membership(service.lists.verpClients, work) {
    case .member: offers.insert(.verp)
    case .stranger: break
    case .unknown: throw featureUnknown("XVERP")
    }
    if flags.contains(.xclientUnknown) { throw featureUnknown("XCLIENT") }
    if flags.contains(.xforwardUnknown) { throw featureUnknown("XFORWARD") }
    if flags.contains(.mayXclient) { offers.insert(.xclient) }
    if flags.contains(.mayXforward) { offers.insert(.xforward) }
    return offers
  }

  private func featureUnknown(_ feature: String) -> Suspension {
    .failed(LookupFailure.reporting(SessionLogLines.featureUnknown(feature, clientName)))
  }

  /// The words of a command from a position on, joined with one blank.
  func joinedWords(of work: Work, from first: Int) -> Bytes {
    var text = Bytes()
    for index in first..<max(first, work.words.count) {
      if index > first { text.append(0x20) }
      text.append(contentsOf: work.word(index))
    }
    return text
  }
}
