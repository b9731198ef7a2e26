import RestrictionDSL

/// The texts of access replies, to the letter.
///
/// - Source: facts restrictions.md §4 (templates), §5, §6
enum ReplyTexts {
  static let dataName = Bytes("DATA")
  static let endOfDataName = Bytes("END-OF-MESSAGE")

  static let accessDenied = "Access denied"
  static let tryAgainLater = "Try again later"
  static let serviceUnavailable = "Service unavailable"
  static let deferIfPermit = "defer_if_permit requested"
  static let deferIfReject = "defer_if_reject requested"
  static let pipelining = "Improper use of SMTP command pipelining"
  static let encryptionRequired = "Session encryption is required"
  static let configurationError = "Server configuration error"
  static let unusableReply = "450 4.7.1 Service unavailable"
  static let invalidName = "Invalid name"
  static let invalidAddress = "invalid ip address"
  static let needQualifiedHost = "need fully-qualified hostname"
  static let needQualifiedAddress = "need fully-qualified address"
  static let hostNotFound = "Host not found"
  static let domainNotFound = "Domain not found"
  static let malformedReply = "Malformed DNS server reply"
  static let relayDenied = "Relay access denied"
  static let notLoggedIn = "not logged in"
  static let verificationProblem = "address verification problem"
  static let multiRecipientBounce = "Multi-recipient bounce"
  /// What a failing table stands for in check_*_access.
  static let tableFailure = "451 4.3.5 Server configuration error"
  /// What a policy service stands for that fails while its default action is evaluated.
  static let policyFailure = "451 4.3.5 Server configuration problem"

  static func unknownClient(_ address: Bytes) -> Bytes {
    Bytes("Client host rejected: cannot find your hostname, [") + address + Bytes("]")
  }

  static func unknownReverseClient(_ address: Bytes) -> Bytes {
    Bytes("Client host rejected: cannot find your reverse hostname, [") + address + Bytes("]")
  }

  static func nullMX(_ domain: Bytes) -> Bytes {
    Bytes("Domain ") + domain + Bytes(" does not accept mail (nullMX)")
  }

  static func notOwned(by user: Bytes) -> Bytes { Bytes("not owned by user ") + user }

  static func unknownUser(table: String?) -> Bytes {
    Bytes(table.map { "User unknown in \($0) table" } ?? "User unknown")
  }

  static func unverified(_ why: Bytes) -> Bytes { Bytes("unverified address: ") + why.prefix(250) }

  static func undeliverable(_ why: Bytes) -> Bytes { Bytes("undeliverable address: ") + why }

  static func exchangerInformation(_ why: String) -> Bytes {
    Bytes("Unable to look up mail exchanger information: \(why)")
  }

  static func exchangerHost(_ host: Bytes, _ why: String) -> Bytes {
    Bytes("Unable to look up mail exchanger host ") + host + Bytes(": \(why)")
  }

  static func hostAsExchanger(_ host: Bytes, _ why: String) -> Bytes {
    Bytes("Unable to look up host ") + host + Bytes(" as mail exchanger: \(why)")
  }

  static func unverifiableExchanger(_ host: Bytes) -> Bytes {
    Bytes("Unable to verify host ") + host + Bytes(" as mail exchanger")
  }

  /// `<NAME>: CLASS rejected: TEXT`.
  static func rejected(_ name: ReplyName, _ text: Bytes) -> Bytes {
    var reply = Bytes()
    reply.reserveCapacity(name.name.count + text.count + 40)
    reply.append(0x3C)
    reply.append(contentsOf: name.name)
    reply.append(contentsOf: ">: ".utf8)
    reply.append(contentsOf: name.replyClass.text.utf8)
    reply.append(contentsOf: " rejected: ".utf8)
    reply.append(contentsOf: text)
    return reply
  }

  /// `<NAME>: TEXT`.
  static func about(_ name: Bytes, _ text: String) -> Bytes {
    Bytes("<") + name + Bytes(">: \(text)")
  }
}
