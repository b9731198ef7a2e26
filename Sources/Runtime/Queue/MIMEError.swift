/// Where a header stands.
enum HeaderClass: UInt8, Sendable {
  /// Of the message itself.
  case primary
  /// Of a part of a multipart entity.
  case multipart
  /// Of an attached message.
  case nested
}

/// What is wrong with the MIME structure.
///
/// - Source: postconf(5) strict_7bit_headers, strict_8bitmime_body, strict_mime_encoding_domain,
///   mime_nesting_limit; texts observed
/// In the order in which one of several is named in the reply (seen).
enum MIMEError: UInt8, Sendable {
  case nesting, eightBitHeader, eightBitBody, encodingDomain

  var text: StaticString {
    switch self {
    case .eightBitHeader: "improper use of 8-bit data in message header"
    case .eightBitBody: "improper use of 8-bit data in message body"
    case .encodingDomain: "invalid message/* or multipart/* encoding domain"
    case .nesting: "MIME nesting exceeds safety limit"
    }
  }
}
