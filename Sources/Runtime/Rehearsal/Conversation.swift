import RestrictionDSL

/// What a client says from connect to the last recipient.
public struct Conversation: Hashable, Sendable {
  /// What looking the client up in the DNS gives.
  public enum ClientName: Hashable, Sendable {
    /// The address has a name, and the name leads back to the address.
    case verified(Bytes)
    /// The name does not lead back to the address.
    case forged(Bytes)
    /// The name's own lookup failed for now.
    case unconfirmed(Bytes)
    /// The address has no name.
    case missing
    /// The lookup failed for now.
    case temporary
  }

  public var client: IPAddress
  public var clientName: ClientName
  public var clientPort: UInt16 = 40_000
  public var server: IPAddress = .v4(0x7F00_0001)
  public var serverPort: UInt16 = 25
  public var usesEHLO = true
  /// `nil` where no HELO is said.
  public var helo: Bytes?
  /// The argument of MAIL as typed, with its brackets; `nil` where no MAIL is said.
  public var sender: Bytes?
  /// `SIZE=` of MAIL.
  public var size: Int?
  /// `SMTPUTF8` is given with MAIL.
  public var smtputf8 = false
  /// The arguments of RCPT as typed, with their brackets.
  public var recipients: [Bytes] = []
  public var login: Login?
  public var encryption: Encryption?
  public var certificate: ClientCertificate?
  /// The client sends ahead where it must not.
  public var improperPipelining = false

  public init(client: IPAddress, clientName: ClientName = .missing) {
    self.client = client
    self.clientName = clientName
  }

  /// An address as an argument of MAIL or RCPT: brackets where there are none.
  public static func path(_ text: String) -> Bytes {
    text.hasPrefix("<") && text.hasSuffix(">") ? Bytes(text) : Bytes("<\(text)>")
  }
}

/// What was said and logged for one command.
public struct Exchange: Hashable, Sendable {
  /// `CONNECT`, or the command line.
  public let command: String
  /// Lines without line ends.
  public let replies: [String]
  public let log: [String]
  /// The runs of the policy that the command caused, in ``Rehearsal/trace``.
  public let runs: Range<Int>
  /// The server closed the connection.
  public let isClosed: Bool

  /// The command was accepted.
  public var isAccepted: Bool {
    replies.last.map { $0.hasPrefix("2") || $0.hasPrefix("3") } ?? false
  }
}
