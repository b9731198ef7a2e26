import RestrictionDSL

/// EHLO keywords that are not announced to a client.
///
/// - Source: postconf(5) smtpd_discard_ehlo_keywords; facts smtp-session.md §4 "HELO / EHLO"
public struct EHLOKeywords: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let eightBitMIME = EHLOKeywords(rawValue: 1 << 0)
  public static let auth = EHLOKeywords(rawValue: 1 << 1)
  public static let etrn = EHLOKeywords(rawValue: 1 << 2)
  public static let pipelining = EHLOKeywords(rawValue: 1 << 3)
  public static let size = EHLOKeywords(rawValue: 1 << 4)
  public static let verp = EHLOKeywords(rawValue: 1 << 5)
  public static let vrfy = EHLOKeywords(rawValue: 1 << 6)
  public static let xclient = EHLOKeywords(rawValue: 1 << 7)
  public static let xforward = EHLOKeywords(rawValue: 1 << 8)
  public static let startTLS = EHLOKeywords(rawValue: 1 << 9)
  public static let dsn = EHLOKeywords(rawValue: 1 << 10)
  public static let smtputf8 = EHLOKeywords(rawValue: 1 << 11)
  public static let chunking = EHLOKeywords(rawValue: 1 << 12)
  public static let enhancedStatusCodes = EHLOKeywords(rawValue: 1 << 13)
  /// `silent-discard`: nothing is logged.
  public static let silent = EHLOKeywords(rawValue: 1 << 14)

  /// Words and the names in the log line, in its order; `nil` is not logged.
  private static let words: [(keyword: EHLOKeywords, word: String, logged: String?)] = [
    (.eightBitMIME, "8bitmime", "8BITMIME"), (.auth, "auth", "AUTH"), (.etrn, "etrn", "ETRN"),
    (.pipelining, "pipelining", "PIPELINING"), (.size, "size", "SIZE"), (.verp, "verp", "VERP"),
    (.vrfy, "vrfy", "VRFY"), (.xclient, "xclient", "XCLIENT"), (.xforward, "xforward", "XFORWARD"),
    (.startTLS, "starttls", "STARTTLS"), (.dsn, "dsn", "DSN"),
    (.smtputf8, "smtputf8", "EHLO_MASK_SMTPUTF8"), (.chunking, "chunking", "CHUNKING"),
    (.enhancedStatusCodes, "enhancedstatuscodes", nil), (.silent, "silent-discard", nil),
  ]

  /// Parses a parameter or table value; unknown words are ignored.
  public init(_ text: String) {
    self = []
    for word in Settings.split(text) {
      for row in EHLOKeywords.words where row.word == word.lowercased() { insert(row.keyword) }
    }
  }

  /// `discarding EHLO keywords: …`, or `nil` where nothing is to be said.
  var logLine: String? {
    guard isDisjoint(with: [.silent, .enhancedStatusCodes]) else { return nil }
    let names = EHLOKeywords.words.filter { contains($0.keyword) }.compactMap(\.logged)
    return names.isEmpty ? nil : "discarding EHLO keywords: " + names.joined(separator: " ")
  }
}
