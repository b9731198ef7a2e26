import RestrictionDSL

/// What the options of MAIL say.
///
/// - Source: facts smtp-session.md §4 "MAIL" step 7, proxies-and-extensions.md §7
struct MailOptions: Hashable {
  /// BODY=.
  enum Body: UInt8 { case unknown, sevenBit, eightBit }

  var body = Body.unknown
  var size: Int?
  /// AUTH=, not decoded.
  var authorization: Bytes?
  /// RET=: 1 FULL, 2 HDRS, 0 not given.
  var returns = 0
  /// ENVID=, decoded.
  var envelopeID: Bytes?
  var verp: Bytes = []
}

extension Session {
  /// Reads the options from left to right up to the first that is refused.
  func readOptions(
    _ work: Work, _ options: inout MailOptions
  ) throws(Suspension) -> SessionReply? {
    for index in 3..<max(3, work.words.count) {
      if let refusal = try readOption(Bytes(work.word(index)), &options, work) { return refusal }
    }
    return nil
  }

  private func readOption(
    _ option: Bytes, _ options: inout MailOptions, _ work: Work
  ) throws(Suspension) -> SessionReply? {
    if option.equalsIgnoringCase("BODY=8BITMIME") {
      options.body = .eightBit
    } else if option.equalsIgnoringCase("BODY=7BIT") {
      options.body = .sevenBit
    } else if let digits = option.value(of: "SIZE=") {
      guard !digits.isEmpty, digits.allSatisfy(\.isASCIIDigit) else { return .badSize }
      // A number that is too large for anybody leaves no size behind, as a smaller one would.
      options.size = Int(digits.text)
      if options.size == nil {
        options.size = 0
        return .sizeOverflow
      }
    } else if option.equalsIgnoringCase("SMTPUTF8"), offersSMTPUTF8 {
      return nil
    } else if let value = option.value(of: "AUTH=") {
      guard facts.login?.sender == nil, options.authorization == nil else { return .twoAuthOptions }
      if !value.elementsEqual("<>".utf8) { options.authorization = Bytes(value) }
    } else if let verp = try verpDelimiters(option, work) {
      let allowed = service.settings.verpFilter
      guard verp.count == 2, verp.allSatisfy(allowed.contains) else {
        return SessionReply(Bytes("501 5.5.4 Error: XVERP needs two characters from ") + allowed)
      }
      options.verp = verp
    } else {
      return readDeliveryOption(option, &options)
    }
    return nil
  }

  /// RET= and ENVID=.
  private func readDeliveryOption(
    _ option: Bytes, _ options: inout MailOptions
  ) -> SessionReply? {
    if let value = option.value(of: "RET=") {
      if hiddenKeywords.contains(.dsn) { return .dsnDisabled }
      guard options.returns == 0 else { return .badRet }
      if value.equalsIgnoringCase("FULL") {
        options.returns = 1
      } else if value.equalsIgnoringCase("HDRS") {
        options.returns = 2
      } else {
        return .badRet
      }
    } else if let value = option.value(of: "ENVID=") {
      if hiddenKeywords.contains(.dsn) { return .dsnDisabled }
      guard options.envelopeID == nil, let decoded = XText.decoded(value) else {
        return .badEnvelopeID
      }
      // Postfix takes a NUL for the end.
      let text = Bytes(decoded.prefix { $0 != 0 })
      guard !text.isEmpty, text.allSatisfy(\.isASCIIPrintable) else { return .badEnvelopeID }
      options.envelopeID = text
    } else {
      return .unsupportedOption(option)
    }
    return nil
  }

  /// The delimiters of XVERP, where the client may use it.
  private func verpDelimiters(_ option: Bytes, _ work: Work) throws(Suspension) -> Bytes? {
    let delimiters: Bytes
    if option.equalsIgnoringCase("XVERP") {
      delimiters = service.settings.verpDelimiters
    } else if let value = option.value(of: "XVERP=") {
      delimiters = Bytes(value)
    } else {
      return nil
    }
    let isMember = try membership(service.lists.verpClients, work) == .member
    flushLog(work)
    return isMember ? delimiters : nil
  }
}

extension Array where Element == UInt8 {
  /// What follows `NAME=`, where the option is that one.
  func value(of name: StaticString) -> ArraySlice<UInt8>? {
    let length = name.utf8CodeUnitCount
    guard count >= length, self[..<length].equalsIgnoringCase(name) else { return nil }
    return self[length...]
  }
}
