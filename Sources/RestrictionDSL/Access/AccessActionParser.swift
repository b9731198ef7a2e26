extension AccessAction {
  /// Parses a right-hand side.
  ///
  /// - Precondition: `value` is not empty; an empty value is an error of the lookup.
  /// - Complexity: one pass; allocates only the texts that the result holds.
  /// - Source: facts restrictions.md §6.6, in the order given there
  public static func parse(_ value: Bytes) -> AccessAction {
    let end = value.firstIndex { $0 == 0x20 || $0 == 0x09 } ?? value.count
    let word = value[..<end]
    let text = Bytes(value[end...].drop { $0 == 0x20 || $0 == 0x09 })
    if let keyword = Keyword(word) { return action(keyword, word, text) }
    if value.allSatisfy(\.isASCIIDigit) { return .ok(name: value) }
    if let code = replyCode(word) {
      let (dsn, rest) = split(text)
      return .code(code, dsn: dsn, text: rest)
    }
    if word.equalsIgnoringCase("OK".utf8) || word.equalsIgnoringCase("RELAY".utf8) {
      return .ok(name: Bytes(word))
    }
    if value.contains(0x3A) { return .lookupTable }
    if value.allSatisfy({ $0 == 0x2C || $0.isASCIISpace }) { return .separators }
    return .restrictions(value)
  }

  /// Parses a right-hand side that is not an array yet.
  public static func parse(_ value: Span<UInt8>) -> AccessAction {
    var copy = Bytes()
    copy.reserveCapacity(value.count)
    for index in value.indices { copy.append(value[index]) }
    return parse(copy)
  }

  /// Takes an enhanced code off the start of a text.
  ///
  /// - Returns: the code as written, and the text after it and its blanks.
  /// - Source: RFC 3463 §2; facts restrictions.md §4 "DSN handling"
  public static func split(_ text: Bytes) -> (dsn: Bytes?, text: Bytes) {
    guard let first = text.first, first == 0x32 || first == 0x34 || first == 0x35 else {
      return (nil, text)
    }
    var index = 1
    for _ in 0..<2 {
      guard index < text.count, text[index] == 0x2E else { return (nil, text) }
      let digits = text[(index + 1)...].prefix(while: \.isASCIIDigit)
      guard (1...3).contains(digits.count) else { return (nil, text) }
      index = digits.endIndex
    }
    guard index == text.count || text[index].isASCIISpace else { return (nil, text) }
    return (Bytes(text[..<index]), Bytes(text[index...].drop(while: \.isASCIISpace)))
  }

  /// 400…599 in exactly three digits.
  private static func replyCode(_ word: ArraySlice<UInt8>) -> UInt16? {
    guard word.count == 3, word.allSatisfy(\.isASCIIDigit),
      let first = word.first, first == 0x34 || first == 0x35
    else { return nil }
    return word.reduce(0) { $0 * 10 + UInt16($1 - 0x30) }
  }

  private static func action(
    _ keyword: Keyword, _ word: ArraySlice<UInt8>, _ text: Bytes
  ) -> AccessAction {
    switch keyword {
    case .dunno: return .dunno
    case .hangUp: return .hangUp(text)
    case .info: return .info(text)
    case .warn: return .warn(text)
    case .filter: return .filter(text)
    case .hold: return .hold(text)
    case .discard: return .discard(text)
    case .redirect: return .redirect(text)
    case .bcc: return .bcc(text)
    case .prepend: return .prepend(text)
    case .reject, .defer, .deferIfPermit, .deferIfReject: break
    }
    let (dsn, rest) = split(text)
    switch keyword {
    case .reject: return .reject(dsn: dsn, text: rest)
    case .defer: return .defer(dsn: dsn, text: rest)
    case .deferIfPermit: return .deferIfPermit(dsn: dsn, text: rest)
    default: return .deferIfReject(dsn: dsn, text: rest)
    }
  }

  /// The words of access(5) that are tested before numbers, OK and RELAY.
  public enum Keyword: String, CaseIterable, Sendable {
    case dunno = "DUNNO"
    case reject = "REJECT"
    case `defer` = "DEFER"
    case hangUp = "HANGUP"
    case info = "INFO"
    case warn = "WARN"
    case filter = "FILTER"
    case hold = "HOLD"
    case discard = "DISCARD"
    case redirect = "REDIRECT"
    case bcc = "BCC"
    case deferIfPermit = "DEFER_IF_PERMIT"
    case deferIfReject = "DEFER_IF_REJECT"
    case prepend = "PREPEND"

    /// Letters of either case.
    init?(_ word: ArraySlice<UInt8>) {
      for keyword in Keyword.allCases where word.equalsIgnoringCase(keyword.rawValue.utf8) {
        self = keyword
        return
      }
      return nil
    }
  }

  /// The words of ``ok(name:)``.
  public static let permitWords = ["OK", "RELAY"]
}
