import RestrictionDSL

/// The command words, in the order of the statistics in the `disconnect` line.
///
/// - Source: facts smtp-session.md §3 (table), proxies-and-extensions.md §15
public enum Verb: UInt8, Hashable, Sendable, CaseIterable {
  case helo, ehlo, xclient, xforward, starttls, auth, mail, rcpt, data, bdat, rset, noop, vrfy, etrn
  case quit, unknown

  /// What the command loop has to know about a verb.
  public struct Traits: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Counts towards smtpd_junk_command_limit.
    public static let junk = Traits(rawValue: 1)
    /// Ends a group of pipelined commands: nothing may follow it before its reply.
    public static let endsGroup = Traits(rawValue: 2)
    /// Allowed before STARTTLS when TLS is required.
    public static let beforeTLS = Traits(rawValue: 4)
  }

  /// - Source: facts smtp-session.md §3
  public var traits: Traits {
    switch self {
    case .helo, .ehlo, .noop: [.junk, .endsGroup, .beforeTLS]
    case .xclient, .starttls, .quit: .beforeTLS
    case .vrfy: [.junk, .endsGroup]
    case .data: .endsGroup
    case .rset, .etrn: .junk
    case .xforward, .auth, .mail, .rcpt, .bdat, .unknown: []
    }
  }

  /// The word as logs show it.
  public var name: Bytes { Verb.names[Int(rawValue)] }

  /// The verb of a word; ``unknown`` where there is none.
  ///
  /// - Complexity: no allocation.
  public init(word: Span<UInt8>) {
    self = .unknown
    guard word.count >= 4, word.count <= 8 else { return }
    // Up to eight bytes in one number, without case.
    var packed: UInt64 = 0
    for index in word.indices { packed = packed << 8 | UInt64(word[index].asciiLowercased) }
    switch packed {
    case 0x6865_6C6F: self = .helo
    case 0x6568_6C6F: self = .ehlo
    case 0x78_636C_6965_6E74: self = .xclient
    case 0x7866_6F72_7761_7264: self = .xforward
    case 0x7374_6172_7474_6C73: self = .starttls
    case 0x6175_7468: self = .auth
    case 0x6D61_696C: self = .mail
    case 0x7263_7074: self = .rcpt
    case 0x6461_7461: self = .data
    case 0x6264_6174: self = .bdat
    case 0x7273_6574: self = .rset
    case 0x6E6F_6F70: self = .noop
    case 0x7672_6679: self = .vrfy
    case 0x6574_726E: self = .etrn
    case 0x7175_6974: self = .quit
    default: break
    }
  }

  /// Where the session is before the first command.
  static let connect = Bytes("CONNECT")
  /// Where it is after the content.
  static let endOfMessage = Bytes("END-OF-MESSAGE")

  private static let names: [Bytes] = allCases.map { Bytes("\($0)".uppercased()) }
}
