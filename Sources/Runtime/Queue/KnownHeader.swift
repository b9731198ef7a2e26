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
  var bit: UInt32 { 1 << UInt32(rawValue) }

  /// Recipients that everybody sees.
  static let visibleRecipients = cc.bit | to.bit | resentCc.bit | resentTo.bit
}

/// Finds known headers by name.
struct KnownHeaders: Sendable {
  /// By length of the name, 0…27.
  private let byLength: [[(first: UInt8, name: Bytes, header: KnownHeader)]]

  init() {
    var table = [[(first: UInt8, name: Bytes, header: KnownHeader)]](repeating: [], count: 28)
    for header in KnownHeader.allCases {
      let name = Bytes("\(header.name)")
      table[name.count].append((name.first ?? 0, name, header))
    }
    byLength = table
  }

  /// - Parameter text: a header; its name is `text[0..<length]`
  func find(_ text: Span<UInt8>, length: Int) -> KnownHeader? {
    guard length > 0, length < byLength.count else { return nil }
    let first = text[0].asciiLowercased
    for entry in byLength[length] where entry.first == first {
      var index = 1
      while index < length, entry.name[index] == text[index].asciiLowercased { index += 1 }
      if index == length { return entry.header }
    }
    return nil
  }
}

/// The shape of a header line.
enum HeaderLine {
  /// Length of the header name at the start of a line.
  ///
  /// - Parameter colon: set to the index of the colon
  /// - Returns: `nil` where the line is no header
  static func nameLength(_ text: Span<UInt8>, colon: inout Int) -> Int? {
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte <= 0x20 || byte >= 0x7F || byte == 0x3A { break }
      index += 1
    }
    guard index > 0 else { return nil }
    let length = index
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
