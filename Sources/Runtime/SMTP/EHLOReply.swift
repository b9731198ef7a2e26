import RestrictionDSL

/// What is offered to some clients only.
struct EHLOOffers: OptionSet, Hashable, Sendable {
  let rawValue: UInt8
  static let verp = EHLOOffers(rawValue: 1)
  static let xclient = EHLOOffers(rawValue: 2)
  static let xforward = EHLOOffers(rawValue: 4)
}

/// The reply to EHLO.
///
/// - Source: facts smtp-session.md §4 "HELO / EHLO", proxies-and-extensions.md §1
enum EHLOReply {
  /// All lines, joined with CR LF, without the last line end.
  static func text(
    _ settings: SessionSettings, hiding hidden: EHLOKeywords, offers: EHLOOffers
  ) -> Bytes {
    var lines = [settings.hostName]
    func offer(_ keyword: EHLOKeywords, _ line: String) {
      if !hidden.contains(keyword) { lines.append(Bytes(line)) }
    }
    offer(.pipelining, "PIPELINING")
    offer(.size, settings.messageSizeLimit > 0 ? "SIZE \(settings.messageSizeLimit)" : "SIZE")
    if !settings.disablesVRFY { offer(.vrfy, "VRFY") }
    offer(.etrn, "ETRN")
    if offers.contains(.verp) { offer(.verp, "XVERP") }
    if offers.contains(.xclient) {
      offer(.xclient, "XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT")
    }
    if offers.contains(.xforward) {
      offer(.xforward, "XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT")
    }
    offer(.enhancedStatusCodes, "ENHANCEDSTATUSCODES")
    offer(.eightBitMIME, "8BITMIME")
    offer(.dsn, "DSN")
    if settings.smtputf8 { offer(.smtputf8, "SMTPUTF8") }
    offer(.chunking, "CHUNKING")
    var reply = Bytes()
    for (index, line) in lines.enumerated() {
      if index > 0 { reply.append(contentsOf: "\r\n".utf8) }
      reply.append(contentsOf: index == lines.count - 1 ? "250 ".utf8 : "250-".utf8)
      reply.append(contentsOf: line)
    }
    return reply
  }
}
