import Compiler
import RestrictionDSL

/// Between the connection and the greeting, and again after XCLIENT.
///
/// - Source: facts smtp-session.md §1 steps 3–7, §4 "XCLIENT"
extension Session {
  /// Does the next part of the opening; each is done once.
  func open(_ io: inout SessionIO) throws(Suspension) {
    let work = currentWork()
    switch work.opening {
    case .lists:
      try readLists(work)
      work.opening = .earlyInput
    case .earlyInput:
      work.opening = .limits
      if !flags.contains(.skipsGreetingTest), !io.input.isEmpty {
        reportPipelining(io)
        if service.settings.forbidsPipelining { return refuseOpening(.notSynchronized, &io) }
      }
    case .limits:
      guard try countConnection(work, io.now, &io) else { return }
      work.opening = .keywords
    case .keywords:
      try chooseKeywords(work)
      work.opening = .clientRestrictions
    case .clientRestrictions:
      if !service.settings.delaysReject {
        switch try decide(.connect, work) {
        case .accept: break
        case .reject(let reply, let kind):
          flags.insert(.isDenied)
          errorMask.insert(kind)
          send(reply, &io)
          budget.countError()
        case .hangUp, .fatal:
          _ = abort()
          return
        }
      }
      work.opening = .greeting
    case .greeting:
      if !flags.contains(.isDenied) { send(service.settings.banner, &io) }
      startCommands()
    }
  }

  private func refuseOpening(_ reply: SessionReply, _ io: inout SessionIO) {
    send(reply, &io)
    flags.insert(.hangsUp)
    startCommands()
  }

  private func startCommands() {
    endWork()
    flags.remove(.isReopening)
    phase = .commands
  }

  private func readLists(_ work: Work) throws(Suspension) {
    let lists = service.lists
    let xclient = try membership(lists.xclientHosts, work)
    // XFORWARD rights are those of the connection, whatever XCLIENT says later.
    let xforward = flags.contains(.isReopening) ? nil : try membership(lists.xforwardHosts, work)
    var isExcluded = true
    if service.settings.bareNewline != .allowed {
      isExcluded = try membership(lists.bareNewlineExclusions, work) == .member
    }
    // The client of the connection decides, not whom XCLIENT names.
    let isDebugged =
      flags.contains(.isReopening) ? nil : try membership(lists.debuggedClients, work) == .member
    setFlag(.mayXclient, xclient == .member)
    setFlag(.xclientUnknown, xclient == .unknown)
    if let xforward {
      setFlag(.mayXforward, xforward == .member)
      setFlag(.xforwardUnknown, xforward == .unknown)
    }
    setFlag(.forbidsBareNewline, !isExcluded)
    if let isDebugged { setFlag(.isVerbose, isDebugged || service.isVerbose) }
    flushLog(work)
  }

  private func setFlag(_ flag: Flags, _ value: Bool) {
    if value { flags.insert(flag) } else { flags.remove(flag) }
  }

  /// What a list says about the client.
  enum Membership { case member, stranger, unknown }

  /// Asks a list; its warnings go to the log of the step.
  func membership(_ list: MatchList, _ work: Work) throws(Suspension) -> Membership {
    guard !list.isEmpty else { return .stranger }
    do {
      return try list.matches(
        name: facts.client.name, address: facts.client.addressText, ip: facts.client.address,
        book: &work.book) ? .member : .stranger
    } catch {
      guard case .failed(let failure) = error else { throw error }
      work.book.log.append(contentsOf: failure.messages)
      return .unknown
    }
  }

  /// - Source: postconf(5) smtpd_discard_ehlo_keyword_address_maps
  private func chooseKeywords(_ work: Work) throws(Suspension) {
    hiddenKeywords = service.settings.discardedKeywords
    flags.remove(.keywordsUnknown)
    guard !service.lists.keywordMaps.isEmpty else { return }
    let address = facts.client.addressText
    do {
      let words = try service.lists.keywordMaps.value(
        for: address.span, isPartial: false, book: &work.book)
      if let words { hiddenKeywords = EHLOKeywords(words.text) }
    } catch {
      guard case .failed(let failure) = error else { throw error }
      work.book.log.append(contentsOf: failure.messages)
      flags.insert(.keywordsUnknown)
    }
    flushLog(work)
  }

  // MARK: Limits

  /// Counts the connection.
  ///
  /// - Returns: `false` where the client was refused.
  /// - Source: facts smtp-session.md §9
  private func countConnection(
    _ work: Work, _ now: UInt64, _ io: inout SessionIO
  ) throws(Suspension) -> Bool {
    let limits = service.settings.limits
    guard let counts = try count(.connect, work, now: now) else { return true }
    let name = clientName
    if limits.connections > 0 && counts.connections > limits.connections {
      refuseConnection(&io)
      log(
        SessionLogLines.limit(
          "Connection concurrency", counts.connections, name, service.serviceName))
      return false
    }
    if limits.connectionRate > 0 && counts.rate > limits.connectionRate {
      refuseConnection(&io)
      log(SessionLogLines.limit("Connection rate", counts.rate, name, service.serviceName))
      return false
    }
    return true
  }

  private func refuseConnection(_ io: inout SessionIO) {
    errorMask.insert(.policy)
    send(
      SessionReply.closing("4.7.0", service.settings.hostName, "Error: too many connections from ")
        + facts.client.addressText, &io)
    flags.insert(.hangsUp)
    startCommands()
  }

  /// Counts one event of the client, once for each command.
  ///
  /// - Returns: `nil` where there is no limit for this client.
  func count(
    _ event: LimitedEvent, _ work: Work, now: UInt64
  ) throws(Suspension) -> LimitCounts? {
    guard !work.isCounted, let limiter = service.limiter, !flags.contains(.mayXclient) else {
      return nil
    }
    if try membership(service.lists.limitExceptions, work) == .member { return nil }
    let counts = try limiter.count(event, of: limiterIdentity, now: now, book: &work.book)
    flushLog(work)
    work.isCounted = true
    if counts != nil { flags.insert(.isCounted) }
    return counts
  }

  /// `service:address`, or the network that smtpd_client_ipv4_prefix_length or
  /// smtpd_client_ipv6_prefix_length makes of it.
  var limiterIdentity: Bytes {
    var identity = service.serviceName
    identity.append(0x3A)
    let prefixes = service.settings.limitPrefixes
    if let address = facts.client.address {
      let length = address.bitWidth == 32 ? prefixes.v4 : prefixes.v6
      if (0..<address.bitWidth).contains(length) {
        return identity + Bytes("\(address.masked(to: length))/\(length)")
      }
    }
    identity.append(contentsOf: facts.client.addressText)
    return identity
  }

  /// Counts a command that has a rate limit.
  ///
  /// - Returns: whether the limit is exceeded: the reply was sent then.
  func exceedsRate(
    _ event: LimitedEvent, limit: Int, _ work: Work, _ io: inout SessionIO
  ) throws(Suspension) -> Bool {
    guard limit > 0, let counts = try count(event, work, now: io.now), counts.rate > limit else {
      return false
    }
    let (reply, name) =
      event == .message
      ? ("too much mail from ", "Message delivery request")
      : ("too many recipients from ", "Recipient address")
    errorMask.insert(.policy)
    send(Bytes("450 4.7.1 Error: \(reply)") + facts.client.addressText, &io)
    log(SessionLogLines.limit("\(name) rate", counts.rate, clientName, service.serviceName))
    return true
  }
}
