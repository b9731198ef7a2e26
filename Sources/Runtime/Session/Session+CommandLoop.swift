import RestrictionDSL

/// What a command came to.
enum CommandResult {
  case accepted, failed
  /// Content follows, the command is finished later.
  case unfinished
  /// XCLIENT: the session starts again, nothing is counted.
  case restarted
}

/// One command after the other, in the order of tests of the facts.
///
/// - Source: facts smtp-session.md §3
extension Session {
  func runCommand(_ io: inout SessionIO) throws(Suspension) -> SessionStep? {
    guard let work else { return startCommand(&io) }
    if work.progress == .received { try filter(work, &io) }
    if self.work != nil, work.progress == .filtered { try dispatch(work, &io) }
    if self.work != nil, work.progress == .dispatched {
      finishCommand(try run(work, &io))
    }
    return nil
  }

  /// Reads the next line, unless the session is over.
  private func startCommand(_ io: inout SessionIO) -> SessionStep? {
    if flags.contains(.hangsUp) {
      phase = .closing
      return nil
    }
    if budget.errors >= service.settings.hardErrorLimit {
      end("too many errors", io)
      errorMask.insert(.protocol)
      let host = service.settings.hostName
      send(SessionReply.closing("4.7.0", host, "Error: too many errors"), &io)
      return nil
    }
    adoptNextService()
    guard !io.input.isEmpty else { return waitForInput(&io) }
    let work = currentWork()
    guard readLine(into: work, &io) else {
      endWork()
      return waitForInput(&io)
    }
    stopWaiting()
    return nil
  }

  private func adoptNextService() {
    guard let next = nextService, !state.hasSender, work == nil else { return }
    service = next
    nextService = nil
    messageSource = nil
    policy = PolicyState()
  }

  // MARK: The line

  /// - Source: facts smtp-session.md §6
  private func readLine(into work: Work, _ io: inout SessionIO) -> Bool {
    let limit = service.settings.lineLimit
    if cutLine != nil { return skipRest(into: work, &io) }
    let mode = flags.contains(.forbidsBareNewline) ? service.settings.bareNewline : .allowed
    var piece: LineSplitter.Piece?
    io.input.withSpan { input in
      piece = LineSplitter.piece(
        of: input, in: 0..<input.count, limit: limit, mode: mode, scanned: &scanned)
      if let piece, piece.isComplete {
        work.line.removeAll(keepingCapacity: true)
        work.line.append(bytesOf: input.extracting(piece.content))
      }
    }
    guard let piece else { return false }
    if piece.isComplete {
      work.isBare = piece.isBare
      io.input.consume(piece.next)
      return true
    }
    cutLine = io.input.bytes(in: piece.content)
    io.input.consume(piece.next)
    return skipRest(into: work, &io)
  }

  /// Drops the rest of a line that is too long.
  private func skipRest(into work: Work, _ io: inout SessionIO) -> Bool {
    guard let end = io.input.withSpan({ $0.firstIndex(of: 0x0A, from: 0) }) else {
      io.input.consume(io.input.count)
      return false
    }
    io.input.consume(end + 1)
    work.line = cutLine ?? []
    work.isCut = true
    cutLine = nil
    return true
  }

  /// Tests of the line as a whole; replaces it where smtpd_command_filter says so.
  private func filter(_ work: Work, _ io: inout SessionIO) throws(Suspension) {
    let settings = service.settings
    if !work.isChecked {
      // Once, however often the table has to be asked.
      work.isChecked = true
      if work.isCut {
        log(SessionLogLines.tooLong(clientName, limit: settings.lineLimit, work.line))
      }
      if !settings.notifyClasses.isEmpty { transcript.received(work.line) }
      if flags.contains(.isVerbose) {
        log(SessionLogLines.dialogue("< ", clientName, work.line.prefix { $0 != 0 }))
      }
      if work.isBare, flags.contains(.forbidsBareNewline), settings.bareNewline == .rejected {
        errorMask.insert(.protocol)
        logReject(Bytes("bare <LF> received"))
        send(bareNewlineReply, &io)
        flags.insert(.hangsUp)
        return endWork()
      }
      let line = work.line
      // Most lines are nothing but printable ASCII.
      if !line.span.isPrintable {
        if settings.smtputf8, !UTF8Validity.holds(for: line.span) {
          return refuse(.badUTF8, &io)
        }
        if let end = ByteScan.firstIndex(of: 0, in: line, range: line.indices) {
          work.line.removeSubrange(end...)
        }
      }
    }
    if !service.lists.commandFilter.isEmpty { try replaceLine(work) }
    let line = work.line
    work.words.split(line.span)
    work.progress = .filtered
  }

  /// `550 5.5.2 HOST Error: bare <LF> received`.
  var bareNewlineReply: Bytes {
    Bytes("\(service.settings.bareNewlineCode) 5.5.2 ") + service.settings.hostName
      + Bytes(" Error: bare <LF> received")
  }

  /// - Source: postconf(5) smtpd_command_filter
  private func replaceLine(_ work: Work) throws(Suspension) {
    let key = Bytes(work.line.drop(while: \.isASCIISpace))
    guard
      let replacement = try service.lists.commandFilter.value(
        for: key.span, isPartial: false, allowsEmpty: true, book: &work.book)
    else { return }
    flushLog(work)
    log(SessionLogLines.replacing(clientName, work.line, by: replacement))
    work.line = replacement
  }

  // MARK: The command word

  private func dispatch(_ work: Work, _ io: inout SessionIO) throws(Suspension) {
    guard !work.words.isEmpty else { return refuse(.badSyntax, &io) }
    let lists = service.lists
    if !lists.noopCommands.isEmpty, try isListed(work.word(0), in: lists.noopCommands, work) {
      flushLog(work)
      send(.ok, &io)
      budget.countJunk(limit: service.settings.junkLimit)
      return endWork()
    }
    let line = work.line
    work.verb = Verb(word: line.span.extracting(work.words[0].range))
    var breaksRules = false
    if work.verb == .unknown {
      breaksRules = work.word(0).isHeaderName
      if !breaksRules {
        breaksRules = try isListed(work.word(0), in: lists.forbiddenCommands, work)
      }
    }
    flushLog(work)
    work.progress = .dispatched
    verb = work.verb
    statistics.count(verb)
    // The last command that a log line names is not one that was refused unseen.
    if verb == .unknown || !flags.contains(.isDenied) || verb == .quit {
      facts.command = service.verbNames[Int(verb.rawValue)]
      contentMark = .none
    }
    if breaksRules {
      log(SessionLogLines.notSMTP(clientName, work.line))
      send(.breaksRules, &io)
      flags.insert(.hangsUp)
      return endWork()
    }
    if flags.contains(.isDenied) && verb != .quit {
      errorMask.insert(.policy)
      send(Bytes("503 5.7.0 Error: access denied for ") + clientName, &io)
      budget.countError()
      return endWork()
    }
    if verb == .unknown { return refuse(.unknownCommand, &io) }
    if isPipelinedImproperly(io) {
      reportPipelining(io)
      if service.settings.forbidsPipelining {
        send(.notSynchronized, &io)
        flags.insert(.hangsUp)
        endWork()
      }
    }
  }

  /// Whether a list of command words has the word; a list that fails has not.
  private func isListed(
    _ word: ArraySlice<UInt8>, in list: MatchList, _ work: Work
  ) throws(Suspension) -> Bool {
    guard !list.isEmpty else { return false }
    do {
      return try list.matches(Bytes(word), book: &work.book)
    } catch {
      guard case .failed(let failure) = error else { throw error }
      work.book.log.append(contentsOf: failure.messages)
      return false
    }
  }

  /// Refuses a line that is no command.
  private func refuse(_ reply: SessionReply, _ io: inout SessionIO) {
    send(reply, &io)
    budget.countError()
    endWork()
  }

  // MARK: Pipelining

  /// - Source: facts smtp-session.md §7
  private func isPipelinedImproperly(_ io: borrowing SessionIO) -> Bool {
    !io.input.isEmpty
      && (facts.protocolName.first != 0x45 || verb.traits.contains(.endsGroup))
      && (!facts.improperPipelining || service.settings.forbidsPipelining)
  }

  /// Flags the session; the first time it is logged.
  func reportPipelining(_ io: borrowing SessionIO) {
    guard !facts.improperPipelining else { return }
    facts.improperPipelining = true
    let pending = io.input.bytes(in: 0..<min(io.input.count, 100))
    log(
      SessionLogLines.pipelining(
        after: facts.command, clientName, PrintableText.escaped(pending)))
  }

  // MARK: The end of a command

  /// Counts what the command came to.
  func finishCommand(_ result: CommandResult) {
    switch result {
    case .unfinished: return
    case .restarted: return endWork()
    case .accepted: statistics.countAccepted(verb)
    case .failed: budget.countError()
    }
    if verb.traits.contains(.junk) { budget.countJunk(limit: service.settings.junkLimit) }
    endWork()
    if verb == .quit { flags.insert(.hangsUp) }
  }

  private func run(_ work: Work, _ io: inout SessionIO) throws(Suspension) -> CommandResult {
    switch work.verb {
    case .helo: try helo(work, &io)
    case .ehlo: try ehlo(work, &io)
    case .xclient: try xclient(work, &io)
    case .xforward: try xforward(work, &io)
    case .starttls: startTLS(work, &io)
    case .auth: auth(&io)
    case .mail: try mail(work, &io)
    case .rcpt: try rcpt(work, &io)
    case .data: try data(work, &io)
    case .bdat: try bdat(work, &io)
    case .rset: rset(work, &io)
    case .noop: noop(&io)
    case .vrfy: try vrfy(work, &io)
    case .etrn: try etrn(work, &io)
    case .quit: quit(&io)
    case .unknown: .failed
    }
  }
}

extension Collection where Element == UInt8 {
  /// `name:`, as at the start of a header.
  fileprivate var isHeaderName: Bool {
    guard let colon = firstIndex(of: 0x3A), colon != startIndex else { return false }
    return self[..<colon].allSatisfy { $0.isASCIIPrintable && $0 != 0x20 }
  }
}
