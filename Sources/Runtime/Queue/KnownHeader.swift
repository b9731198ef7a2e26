import RestrictionDSL

/// A message header that the queue writer treats specially.
///
/// - Source: observed with cleanup(8) of Postfix 3.7.11, each header sent with the value `joe`
enum KnownHeader: UInt8, CaseIterable, Sendable {
  case apparentlyTo, bcc, cc, contentDescription, contentDisposition, contentID, contentLength
  case contentTransferEncoding, contentType, date, dispositionNotificationTo, errorsTo, from
  case mailFollowupTo, messageID, mimeVersion, received, replyTo, resentBcc, resentCc, resentDate
  case resentFrom, resentMessageID, resentReplyTo, resentSender, resentTo, returnPath
  case returnReceiptTo, sender, to

  /// Name in lower case.
  var name: StaticString {
    switch self {
    case .apparentlyTo: "apparently-to"
    case .bcc: "bcc"
    case .cc: "cc"
    case .contentDescription: "content-description"
    case .contentDisposition: "content-disposition"
    case .contentID: "content-id"
    case .contentLength: "content-length"
    case .contentTransferEncoding: "content-transfer-encoding"
    case .contentType: "content-type"
    case .date: "date"
    case .dispositionNotificationTo: "disposition-notification-to"
    case .errorsTo: "errors-to"
    case .from: "from"
    case .mailFollowupTo: "mail-followup-to"
    case .messageID: "message-id"
    case .mimeVersion: "mime-version"
    case .received: "received"
    case .replyTo: "reply-to"
    case .resentBcc: "resent-bcc"
    case .resentCc: "resent-cc"
    case .resentDate: "resent-date"
    case .resentFrom: "resent-from"
    case .resentMessageID: "resent-message-id"
    case .resentReplyTo: "resent-reply-to"
    case .resentSender: "resent-sender"
    case .resentTo: "resent-to"
    case .returnPath: "return-path"
    case .returnReceiptTo: "return-receipt-to"
    case .sender: "sender"
    case .to: "to"
    }
  }

  /// What its addresses are mapped as.
  enum Addresses { case none, senders, recipients }

  var addresses: Addresses {
    switch self {
    case .dispositionNotificationTo, .errorsTo, .from, .mailFollowupTo, .replyTo, .resentFrom,
      .resentReplyTo, .resentSender, .returnPath, .returnReceiptTo, .sender:
      .senders
    case .apparentlyTo, .bcc, .cc, .resentBcc, .resentCc, .resentTo, .to: .recipients
    default: .none
    }
  }

  /// Belongs to MIME: mime_header_checks apply wherever it stands.
  var isMIME: Bool {
    switch self {
    case .contentDescription, .contentDisposition, .contentID, .contentTransferEncoding,
      .contentType, .mimeVersion:
      true
    default: false
    }
  }

  /// It is logged.
  var isMessageID: Bool { self == .messageID || self == .resentMessageID }

  /// One of the `Resent-` family: missing headers are added with that prefix.
  var isResent: Bool {
    switch self {
    case .resentBcc, .resentCc, .resentDate, .resentFrom, .resentMessageID, .resentReplyTo,
      .resentSender, .resentTo:
      true
    default: false
    }
  }

  /// Bit in a set of headers.
  var bit: UInt32 { 1 &<< UInt32(rawValue) }

  /// Recipients that everybody sees.
  static let visibleRecipients = cc.bit | to.bit | resentCc.bit | resentTo.bit
}

/// Finds known headers by name.
struct KnownHeaders: Sendable {
  /// What is asked of every header of a message.
  struct Traits: OptionSet {
    let rawValue: UInt8
    static let isMIME = Traits(rawValue: 1)
    static let isMessageID = Traits(rawValue: 2)
    static let isResent = Traits(rawValue: 4)
    static let hasAddresses = Traits(rawValue: 8)
    static let isReceived = Traits(rawValue: 16)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ header: KnownHeader) {
      self = []
      if header.isMIME { insert(.isMIME) }
      if header.isMessageID { insert(.isMessageID) }
      if header.isResent { insert(.isResent) }
      if header.addresses != .none { insert(.hasAddresses) }
      if header == .received { insert(.isReceived) }
    }
  }

  /// By raw value.
  private let traits: [Traits]
  /// By length and first letter of the name: first of the headers, as raw value + 1; 0 for none.
  private let places: [UInt8]
  /// By raw value: the next header at the same place, as raw value + 1.
  private let next: [UInt8]
  /// By raw value.
  private let names: [StaticString]

  private static let maxLength = 31

  init() {
    var places = Bytes(repeating: 0, count: (KnownHeaders.maxLength + 1) * 32)
    var next = Bytes(repeating: 0, count: KnownHeader.allCases.count)
    for header in KnownHeader.allCases {
      let name = header.name
      let place = KnownHeaders.place(
        length: name.utf8CodeUnitCount, first: Bytes("\(name)")[0])
      next[Int(header.rawValue)] = places[place]
      places[place] = header.rawValue + 1
    }
    self.places = places
    self.next = next
    names = KnownHeader.allCases.map(\.name)
    traits = KnownHeader.allCases.map { Traits($0) }
  }

  private static func place(length: Int, first: UInt8) -> Int { length * 32 + Int(first & 31) }

  @inline(__always)
  subscript(_ header: KnownHeader) -> Traits { traits[Int(header.rawValue)] }

  /// - Parameter text: a header; its name is `text[0..<length]`
  func find(_ text: Span<UInt8>, length: Int) -> KnownHeader? {
    guard length > 0, length <= KnownHeaders.maxLength else { return nil }
    var candidate = places[KnownHeaders.place(length: length, first: text[0])]
    while candidate != 0 {
      if text.begins(withName: names[Int(candidate - 1)]) {
        return KnownHeader(rawValue: candidate - 1)
      }
      candidate = next[Int(candidate - 1)]
    }
    return nil
  }
}

extension Span<UInt8> {
  /// A line that belongs to the header before it.
  var isFolded: Bool { count > 0 && (self[0] == 0x20 || self[0] == 0x09) }
}

/// The shape of a header line.
enum HeaderLine {
  /// Length of the header name at the start of a line.
  ///
  /// - Parameter colon: set to the index of the colon
  /// - Returns: `nil` where the line is no header
  static func nameLength(_ text: Span<UInt8>, colon: inout Int) -> Int? {
    let length = text.nameLength
    guard length > 0 else { return nil }
    var index = length
    while index < text.count, text[index] == 0x20 || text[index] == 0x09 { index += 1 }
    guard index < text.count, text[index] == 0x3A else { return nil }
    colon = index
    return length
  }

  /// Whether a text begins as a header.
  static func isHeader(_ text: Bytes) -> Bool {
    var colon = 0
    return nameLength(text.span, colon: &colon) != nil
  }
}
