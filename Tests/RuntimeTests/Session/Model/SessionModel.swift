/// What a client can do in the model test.
enum ModelCommand: Hashable, Sendable {
  case helo, ehlo, heloWithoutName
  case mail(Mail)
  case rcpt(Rcpt)
  case data, dataWithArgument
  /// DATA with its content, where it is accepted; `diskFails` when it is stored.
  case message(lines: [String], diskFails: Bool)
  case bdat(size: Int, isLast: Bool, bytes: String, diskFails: Bool)
  case brokenBdat
  case rset, rsetWithArgument, noop, vrfy, vrfyUnknown, etrn, unknown, blank, quit

  enum Mail: Hashable, Sendable, CaseIterable {
    case good, null, atTheEnd, small, tooLarge, withoutAddress, badAddress, badOption, noSpace
  }

  enum Rcpt: Hashable, Sendable, CaseIterable {
    case good, other, unknown, relay, resolves, dnsFails, nameIsGone, tableFails, withoutAddress,
      badAddress, badOption, cannotOpen
  }
}

/// How the test configures session and model.
struct ModelSettings: Hashable, Sendable {
  var needsHelo = false
  var sizeLimit = 400
  var recipientLimit = 3
  var overshootLimit = 2
  var hardErrorLimit = 8
  var junkLimit = 4
}

/// The order of commands and the transaction, written from facts smtp-session.md §3, §4 and §10 alone: nothing of
/// the server is used, and nothing is clever.
struct SessionModel {
  let settings: ModelSettings

  enum Chunks { case none, open, failed }

  struct Message: Hashable {
    var sender: String
    var recipients: [String]
    var lines: [String]
  }

  private(set) var hasHelo = false
  private(set) var sender: String?
  private(set) var recipients: [String] = []
  private(set) var chunks = Chunks.none
  private(set) var isSpent = false
  private(set) var errors = 0
  private(set) var junk = 0
  private(set) var isClosed = false
  private(set) var stored: [Message] = []
  /// Queue files that were opened, stored or not.
  private(set) var opened: Int
  private(set) var hasOpenFile = false
  private var overshoot = 0
  private var declaredSize = 0
  private var chunkText = ""
  private var identifier = 0

  /// - Parameter opened: queue files of earlier sessions
  init(_ settings: ModelSettings, opened: Int) {
    self.settings = settings
    self.opened = opened
  }

  /// The lines that the server sends.
  mutating func run(_ command: ModelCommand) -> [String] {
    guard !isClosed else { return [] }
    var replies = perform(command)
    if !isClosed, errors >= settings.hardErrorLimit {
      replies.append("421 4.7.0 mail.example.com Error: too many errors")
      end()
    }
    return replies
  }

  /// The client is silent for too long.
  mutating func timeOut() -> [String] {
    guard !isClosed else { return [] }
    end()
    return ["421 4.4.2 mail.example.com Error: timeout exceeded"]
  }

  /// The connection is over.
  mutating func end() {
    isClosed = true
    hasOpenFile = false
  }

  private mutating func perform(_ command: ModelCommand) -> [String] {
    switch command {
    case .helo:
      reset()
      hasHelo = true
      return useless(["250 mail.example.com"])
    case .ehlo:
      reset()
      hasHelo = true
      return useless([
        "250-mail.example.com", "250-PIPELINING", "250-SIZE \(settings.sizeLimit)", "250-VRFY",
        "250-ETRN", "250-ENHANCEDSTATUSCODES", "250-8BITMIME", "250-DSN", "250-SMTPUTF8",
        "250 CHUNKING",
      ])
    case .heloWithoutName: return useless(fail("501 Syntax: HELO hostname"))
    case .mail(let kind): return mail(kind)
    case .rcpt(let kind): return rcpt(kind)
    case .data: return startsContent() ?? ["354 End data with <CR><LF>.<CR><LF>"]
    case .dataWithArgument:
      if isSpent, chunks == .none { return fail("501 5.5.4 Syntax: DATA") }
      return startsContent() ?? fail("501 5.5.4 Syntax: DATA")
    case .message(let lines, let diskFails):
      if let refusal = startsContent() { return refusal }
      return ["354 End data with <CR><LF>.<CR><LF>"] + finish(lines, diskFails, sizeShown: false)
    case .bdat(let size, let isLast, let bytes, let diskFails):
      return bdat(size, isLast, bytes, diskFails)
    case .brokenBdat:
      errors += 1
      end()
      return ["521 5.5.4 Syntax: BDAT count [LAST]"]
    case .rset:
      reset()
      return useless(["250 2.0.0 Ok"])
    case .rsetWithArgument: return useless(fail("501 5.5.4 Syntax: RSET"))
    case .noop: return useless(["250 2.0.0 Ok"])
    case .vrfy: return useless(["252 2.0.0 alice@example.com"])
    case .vrfyUnknown:
      return useless(
        fail(
          "550 5.1.1 <nobody@example.com>: Recipient address rejected: "
            + "User unknown in local recipient table"))
    case .etrn:
      if settings.needsHelo, !hasHelo { return useless(fail("503 Error: send HELO/EHLO first")) }
      if sender != nil { return useless(fail("503 Error: MAIL transaction in progress")) }
      return useless(fail("459 <example.com>: service unavailable"))
    case .unknown: return fail("500 5.5.2 Error: command not recognized")
    case .blank: return fail("500 5.5.2 Error: bad syntax")
    case .quit:
      end()
      return ["221 2.0.0 Bye"]
    }
  }

  // MARK: MAIL and RCPT

  private mutating func mail(_ kind: ModelCommand.Mail) -> [String] {
    if settings.needsHelo, !hasHelo { return fail("503 5.5.1 Error: send HELO/EHLO first") }
    if sender != nil { return fail("503 5.5.1 Error: nested MAIL command") }
    if chunks != .none { return fail("503 5.5.1 Error: MAIL after BDAT") }
    switch kind {
    case .withoutAddress: return fail("501 5.5.4 Syntax: MAIL FROM:<address>")
    case .badAddress: return fail("501 5.1.7 Bad sender address syntax")
    case .badOption: return fail("555 5.5.4 Unsupported option: FOO=1")
    case .small: declaredSize = 100
    case .tooLarge: declaredSize = settings.sizeLimit + 1
    case .good, .null, .atTheEnd, .noSpace: break
    }
    // The size of a refused MAIL counts for the next one.
    if declaredSize > settings.sizeLimit {
      return fail("552 5.3.4 Message size exceeds fixed limit")
    }
    if kind == .noSpace {
      reset()
      return fail("452 4.3.1 Insufficient system storage")
    }
    sender = kind == .null ? "" : kind == .atTheEnd ? "end@example.net" : "a@example.net"
    return ["250 2.1.0 Ok"]
  }

  private mutating func rcpt(_ kind: ModelCommand.Rcpt) -> [String] {
    if sender == nil { return fail("503 5.5.1 Error: need MAIL command") }
    if chunks != .none { return fail("503 5.5.1 Error: RCPT after BDAT") }
    switch kind {
    case .withoutAddress: return fail("501 5.5.4 Syntax: RCPT TO:<address>")
    case .badAddress: return fail("501 5.1.3 Bad recipient address syntax")
    case .badOption: return fail("555 5.5.4 Unsupported option: FOO=1")
    default: break
    }
    if recipients.count >= settings.recipientLimit {
      overshoot += 1
      if overshoot > settings.overshootLimit { errors += 1 }
      return ["452 4.5.3 Error: too many recipients"]
    }
    let gone = "Recipient address rejected: Domain not found"
    switch kind {
    case .unknown:
      return fail(
        "550 5.1.1 <nobody@example.com>: Recipient address rejected: "
          + "User unknown in local recipient table")
    case .relay: return fail("554 5.7.1 <x@example.org>: Relay access denied")
    case .dnsFails: return fail("450 4.1.2 <x@fails.test>: \(gone)")
    case .nameIsGone: return fail("450 4.1.2 <x@gone.test>: \(gone)")
    case .tableFails: return fail("451 4.3.5 Server configuration error")
    case .cannotOpen where !hasOpenFile: return fail("451 4.3.0 Error: queue file write error")
    default: break
    }
    if !hasOpenFile {
      hasOpenFile = true
      opened += 1
      identifier = opened
    }
    recipients.append(
      kind == .other ? "bob@example.com" : kind == .resolves ? "x@here.test" : "alice@example.com")
    isSpent = false
    return ["250 2.1.5 Ok"]
  }

  // MARK: Content

  private mutating func startsContent() -> [String]? {
    if chunks != .none { return fail("503 5.5.1 Error: DATA after BDAT") }
    return lacksRecipients().map { fail($0) }
  }

  private func lacksRecipients() -> String? {
    if sender == nil || isSpent { return "503 5.5.1 Error: need RCPT command" }
    return recipients.isEmpty ? "554 5.5.1 Error: no valid recipients" : nil
  }

  private mutating func bdat(
    _ size: Int, _ isLast: Bool, _ bytes: String, _ diskFails: Bool
  ) -> [String] {
    var refusal: String?
    if size == 0, !isLast {
      refusal = "551 5.7.1 Null BDAT request"
    } else if chunks == .failed {
      refusal = "551 5.0.0 Discarded \(size) bytes after earlier error"
    } else if let lack = lacksRecipients() {
      refusal = lack
    } else if size > settings.sizeLimit - accounted(SessionModel.lines(chunkText, all: false)) {
      refusal = "552 5.3.4 Chunk exceeds message size limit"
    }
    if let refusal {
      if isLast { reset() } else { chunks = .failed }
      return fail(refusal)
    }
    chunkText += bytes
    if isLast {
      return finish(SessionModel.lines(chunkText, all: true), diskFails, sizeShown: true)
    }
    if accounted(SessionModel.lines(chunkText, all: false)) > settings.sizeLimit {
      reset()
      chunks = .failed
      return fail("552 5.3.4 Error: message file too big")
    }
    chunks = .open
    return ["250 2.0.0 Ok: \(size) bytes"]
  }

  /// Lines end with CR LF or LF; without `all` an unfinished one is left out.
  private static func lines(_ text: String, all: Bool) -> [String] {
    var lines: [String] = []
    var line: [UInt8] = []
    for byte in text.utf8 {
      if byte == 10 {
        while line.last == 13 { line.removeLast() }
        lines.append(String(decoding: line, as: UTF8.self))
        line = []
      } else {
        line.append(byte)
      }
    }
    // One that never ended keeps its carriage return.
    if all, !line.isEmpty { lines.append(String(decoding: line, as: UTF8.self)) }
    return lines
  }

  private func accounted(_ lines: [String]) -> Int { lines.reduce(0) { $0 + $1.utf8.count + 2 } }

  private mutating func finish(_ lines: [String], _ diskFails: Bool, sizeShown: Bool) -> [String] {
    let size = accounted(lines)
    if size > settings.sizeLimit {
      reset()
      return fail("552 5.3.4 Error: message file too big")
    }
    if sender == "end@example.net" {
      // The transaction stays, without its message.
      isSpent = true
      hasOpenFile = false
      chunks = sizeShown ? .open : .none
      chunkText = ""
      return fail("554 5.7.1 <end@example.net>: Sender address rejected: Access denied")
    }
    if diskFails {
      reset()
      return fail("451 4.3.0 Error: queue file write error")
    }
    stored.append(Message(sender: sender ?? "", recipients: recipients, lines: lines))
    reset()
    errors = 0
    junk = 0
    return ["250 2.0.0 Ok: \(sizeShown ? "\(size) bytes " : "")queued as ID\(identifier)"]
  }

  // MARK: Counters

  private mutating func reset() {
    sender = nil
    recipients = []
    overshoot = 0
    chunks = .none
    isSpent = false
    declaredSize = 0
    chunkText = ""
    hasOpenFile = false
  }

  private mutating func fail(_ reply: String) -> [String] {
    errors += 1
    return [reply]
  }

  /// A command that does not help to deliver mail.
  private mutating func useless(_ replies: [String]) -> [String] {
    if junk > settings.junkLimit { errors += 1 }
    junk += 1
    return replies
  }
}
