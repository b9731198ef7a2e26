import Compiler
import RestrictionDSL

/// MAIL.
///
/// - Source: facts smtp-session.md §4 "MAIL", numbers as there
extension Session {
  func mail(_ work: Work, _ io: inout SessionIO) throws(Suspension) -> CommandResult {
    if !work.isPrepared {
      guard try prepareTransaction(work, &io) else { return .failed }
    }
    // 11
    if !service.settings.delaysReject {
      switch try decide(.mail, work) {
      case .accept: break
      case .reject(let reply, let kind):
        errorMask.insert(kind)
        endTransaction()
        send(reply, &io)
        return .failed
      case .hangUp, .fatal: return abort()
      }
    }
    // 12
    guard let isLocal = try rewritesLocally(work) else {
      return refuseMail(SessionReply("451 4.3.0 Temporary lookup error", .software), &io)
    }
    transaction?.isLocal = isLocal
    // 13: what the command said stays, as far as a failing MAIL leaves anything.
    if needsSMTPUTF8(facts.sender ?? []) {
      transaction = nil
      facts.sender = nil
      send(.declareSMTPUTF8, &io)
      return .failed
    }
    // 14
    if let free = missingSpace() {
      let result = refuseMail(.noSpace, &io)
      log(
        "warning: not enough free space in mail queue: \(free) bytes < 1.5*message size limit")
      return result
    }
    state.openTransaction()
    // 15
    if !service.settings.delaysOpen && !openMessage() {
      endTransaction()
      send(.cannotOpen, &io)
      return .failed
    }
    send(.senderOk, &io)
    return .accepted
  }

  /// Refuses MAIL for a reason of our own: logged without sender, nothing stays.
  private func refuseMail(_ reply: SessionReply, _ io: inout SessionIO) -> CommandResult {
    endTransaction()
    logReject(reply.line)
    send(reply, &io)
    return .failed
  }

  /// Steps 1 to 10: everything that can be said about the command itself.
  private func prepareTransaction(
    _ work: Work, _ io: inout SessionIO
  ) throws(Suspension) -> Bool {
    let service = service
    let settings = service.settings
    let facts = facts
    let (line, words) = (work.line, work.words)
    // Every MAIL, a refused one too, forgets this much of the one before it.
    facts.smtputf8 = false
    transaction?.forgetOptions()
    if let refusal = state.refusalOfMail(needsHelo: settings.requiresHelo && facts.helo == nil) {
      send(refusal, &io)
      return false
    }
    guard words.count > 2, line.span.extracting(words[1].range).equalsIgnoringCase("FROM:")
    else {
      send(.mailSyntax, &io)
      return false
    }
    let limit = settings.limits.messageRate
    if try exceedsRate(.message, limit: limit, work, &io) { return false }
    guard !words[2].isUnclosed else {
      send(.badSender, &io)
      return false
    }
    let hasOptions = words.count > 3
    facts.smtputf8 = hasOptions && offersSMTPUTF8 && hasWord("SMTPUTF8", in: work, from: 3)
    let word = line.span.extracting(words[2].range)
    guard
      let sender = try address(
        in: word, isStrict: settings.strictEnvelopes, allowsEmpty: true, work)
    else {
      refuseAddress(word, &io, .badSender)
      return false
    }
    var options = MailOptions()
    let refusal = hasOptions ? try readOptions(work, &options) : nil
    // Some of what a refused command said stays in force.
    if let size = options.size { facts.size = size }
    if let authorization = options.authorization {
      facts.authorizeSender(authorization)
      messageSource = nil
    }
    if let refusal {
      send(refusal, &io)
      return false
    }
    if settings.messageSizeLimit > 0 && facts.size > settings.messageSizeLimit {
      facts.sender = sender
      // The one reply of MAIL that comes from the access checks: soft_bounce shows in the log.
      let line = SessionReply.sizeTooBig.line
      logReject(settings.softBounce ? SoftBounce.applied(to: line) : line)
      facts.sender = nil
      send(.sizeTooBig, &io)
      return false
    }
    if !options.verp.isEmpty && sender.isEmpty {
      send(.verpNeedsSender, &io)
      return false
    }
    service.executor.context.beginTransaction()
    let isProbe = settings.probeSender.matches(sender, seconds: io.wallClock / 1_000_000)
    let envelopeSender = isProbe ? settings.probeSender.address : sender
    let transaction = Transaction(
      arrival: io.wallClock, sender: envelopeSender, options: consume options)
    transaction.smtputf8 = facts.smtputf8
    facts.sender = envelopeSender
    facts.instance = PolicyInstance(
      process: service.processID, arrival: io.wallClock, number: service.nextSequence())
    self.transaction = transaction
    work.isPrepared = true
    return true
  }

  // MARK: Whose mail is it, and is there room (steps 12 and 14)

  /// Whether headers are rewritten as those of local mail; `nil` where a table fails.
  ///
  /// - Source: postconf(5) local_header_rewrite_clients
  private func rewritesLocally(_ work: Work) throws(Suspension) -> Bool? {
    if let known = work.rewritesLocally { return known }
    var isLocal = false
    for element in service.lists.rewriteClients where !isLocal {
      guard let isMember = try matches(element, work) else {
        flushLog(work)
        return nil
      }
      isLocal = isMember
    }
    flushLog(work)
    work.rewritesLocally = isLocal
    return isLocal
  }

  /// `nil` where the element cannot be asked.
  private func matches(
    _ element: SessionLists.RewriteClient, _ work: Work
  ) throws(Suspension) -> Bool? {
    switch element {
    case .inetInterfaces:
      return facts.socketAddress.map(service.ownAddresses.interfaces.contains) ?? false
    case .myNetworks(let list):
      switch try membership(list, work) {
      case .member: return true
      case .stranger: return false
      case .unknown: return nil
      }
    case .saslAuthenticated: return facts.saslIsActive && facts.login?.method.isEmpty == false
    case .clientCertificate: return false
    case .invalid(let word):
      work.book.log.append(
        "warning: parameter local_header_rewrite_clients: invalid request: \(word)")
      return false
    case .table(let table):
      let address = facts.client.addressText
      do {
        return try work.book.value(of: table, for: address.span) != nil
      } catch {
        guard case .failed(let failure) = error else { throw error }
        work.book.log.append(contentsOf: failure.messages)
        work.book.log.append(
          "warning: \(table.spec) lookup error for \"\(facts.client.addressText.text)\"")
        return nil
      }
    }
  }

  /// Free bytes, where they are too few.
  ///
  /// - Source: facts smtp-session.md §10
  private func missingSpace() -> UInt64? {
    guard let space = service.space(), space.blockSize > 0 else { return nil }
    let settings = service.settings
    // A negative number asks for more than any disk has.
    let minimum = UInt64(bitPattern: Int64(settings.queueMinFree)) / space.blockSize
    let message = UInt64(bitPattern: Int64(settings.messageSizeLimit)) / space.blockSize
    let isTooLittle =
      settings.queueMinFree != 0 && minimum >= space.freeBlocks
      || settings.messageSizeLimit != 0 && Double(message) >= Double(space.freeBlocks) / 1.5
    guard isTooLittle else { return nil }
    return space.freeBlocks.multipliedReportingOverflow(by: space.blockSize).partialValue
  }
}

extension Facts {
  /// MAIL AUTH=.
  ///
  /// Without a login the method stays empty: nobody is logged in.
  func authorizeSender(_ sender: Bytes) {
    var login = login ?? Login(method: [], user: [])
    login.sender = sender
    self.login = login
  }

  /// The transaction is over.
  func forgetSenderAuthorization() {
    guard login != nil else { return }
    login?.sender = nil
    if login?.method.isEmpty == true { login = nil }
  }
}
