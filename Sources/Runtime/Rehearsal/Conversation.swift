import RestrictionDSL

/// What a client says from connect to the last recipient, or all that a script has.
public struct Conversation: Hashable, Sendable {
  /// What looking the client up in the DNS gives.
  public enum ClientName: Hashable, Sendable {
    /// The address has a name, and the name leads back to the address.
    case verified(Bytes)
    /// The name does not lead back to the address.
    case forged(Bytes)
    /// The name's own lookup failed temporarily.
    case unconfirmed(Bytes)
    /// The address has no name.
    case missing
    /// The lookup failed temporarily.
    case temporary
  }

  public var client: IPAddress
  /// `nil`: the DNS is asked, as the daemon does.
  public var clientName: ClientName?
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
  /// What the client sends, in the place of HELO, MAIL and RCPT; it then closes the connection.
  public var script: Script?

  public init(client: IPAddress, clientName: ClientName? = .missing) {
    self.client = client
    self.clientName = clientName
  }

  /// An address as an argument of MAIL or RCPT: brackets where there are none.
  public static func path(_ text: String) -> Bytes {
    text.hasPrefix("<") && text.hasSuffix(">") ? Bytes(text) : Bytes("<\(text)>")
  }
}

/// A dialogue as a client would type it.
public struct Script: Hashable, Sendable {
  /// What leaves in one piece.
  public struct Write: Hashable, Sendable {
    public var bytes: Bytes
    /// Part of a message: not sent where DATA was refused.
    public var isContent: Bool

    public init(_ bytes: Bytes, isContent: Bool = false) {
      self.bytes = bytes
      self.isContent = isContent
    }
  }

  public var writes: [Write]

  public init(_ writes: [Write]) { self.writes = writes }

  /// A client that waits for each reply.
  ///
  /// - Parameter text: lines; those between DATA and a line with a dot are a message
  public init(lines text: Bytes) {
    var writes: [Write] = []
    var isContent = false
    var rows = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    if rows.last?.isEmpty == true { rows.removeLast() }
    for row in rows {
      let line = row.last == 0x0D ? row.dropLast() : row
      writes.append(Write(Bytes(line) + [0x0D, 0x0A], isContent: isContent))
      if isContent {
        isContent = line != [0x2E]
      } else {
        isContent = line.text.uppercased() == "DATA"
      }
    }
    self.init(writes)
  }
}

/// What was said and logged for one command.
public struct Exchange: Hashable, Sendable {
  /// `CONNECT`, the command line, or `CLOSE` where the client goes.
  ///
  /// Of several lines that were sent before the server answered, the first; of a message its end.
  public let command: String
  /// Lines without line ends.
  public let replies: [String]
  public let log: [String]
  /// How the server made the client wait.
  public let pauses: [Pause]
  /// The runs of the policy that the command caused, in ``Rehearsal/trace``.
  public let runs: Range<Int>
  /// The server closed the connection.
  public let isClosed: Bool

  /// A wait on purpose: for a client that makes errors, or of the restriction `sleep`.
  public struct Pause: Hashable, Sendable {
    public let milliseconds: Int
    /// Reply lines that left before it.
    public let line: Int
  }

  /// The command was accepted.
  public var isAccepted: Bool {
    replies.last.map { $0.hasPrefix("2") || $0.hasPrefix("3") } ?? false
  }
}
