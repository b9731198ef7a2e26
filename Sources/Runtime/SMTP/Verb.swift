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
    let packed = Verb.packed(word)
    for index in Verb.packedNames.indices where Verb.packedNames[index] == packed {
      self = Verb(rawValue: UInt8(index)) ?? .unknown
    }
  }

  /// Up to eight bytes in one number, without case.
  private static func packed(_ word: Span<UInt8>) -> UInt64 {
    var number: UInt64 = 0
    for index in word.indices { number = number << 8 | UInt64(word[index].asciiLowercased) }
    return number
  }

  /// The names of all verbs but ``unknown``.
  private static let packedNames = names.dropLast().map { packed($0.span) }

  /// Where the session is before the first command.
  static let connect = Bytes("CONNECT")
  /// Where it is after the content.
  static let endOfMessage = Bytes("END-OF-MESSAGE")

  private static let names: [Bytes] = allCases.map { Bytes("\($0)".uppercased()) }
}
