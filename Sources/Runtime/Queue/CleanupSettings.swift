import RestrictionDSL

/// What the queue writer takes from the configuration, read once.
final class CleanupSettings: Sendable {
  /// Where an address stands, for `canonical_classes` and the like.
  struct AddressClasses: OptionSet, Sendable {
    let rawValue: UInt8
    static let envelopeSender = AddressClasses(rawValue: 1)
    static let envelopeRecipient = AddressClasses(rawValue: 2)
    static let headerSender = AddressClasses(rawValue: 4)
    static let headerRecipient = AddressClasses(rawValue: 8)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ names: [String]) {
      var result: AddressClasses = []
      for name in names {
        switch name {
        case "envelope_sender": result.insert(.envelopeSender)
        case "envelope_recipient": result.insert(.envelopeRecipient)
        case "header_sender": result.insert(.headerSender)
        case "header_recipient": result.insert(.headerRecipient)
        default: break
        }
      }
      self = result
    }
  }

  let hostName: Bytes
  let longIDs: Bool
  /// - Unit: bytes; 0 is no limit
  let messageSizeLimit: Int
  let lineLengthLimit: Int
  let attributeLimit: Int
  let hopLimit: Int
  let parser: ContentParser.Rules
  let bodyChecksLimit: Int
  /// Lower case.
  let droppedHeaders: [Bytes]
  let undisclosedHeader: Bytes
  let alwaysAddsHeaders: Bool
  let replacesStrayCR: Bool
  let rejectedCharacters: [Bool]?
  let strippedCharacters: [Bool]?
  /// Some bytes are taken out of lines, or not accepted.
  let changesCharacters: Bool
  /// remote_header_rewrite_domain is set.
  let rewritesRemoteHeaders: Bool
  let contentFilter: Bytes
  let alwaysBCC: Bytes
  /// - Unit: seconds; 0 is none
  let delayWarning: Int
  let keepsOriginalRecipient: Bool
  let duplicateLimit: Int
  let mapsAddresses: Bool
  let checksContent: Bool
  let detectsUTF8: Bool
  let quotesLoggedAddresses: Bool

  init(_ settings: Settings) {
    hostName = Bytes(settings.string("myhostname"))
    longIDs = settings.bool("enable_long_queue_ids")
    messageSizeLimit = settings.int("message_size_limit")
    lineLengthLimit = max(1, settings.int("line_length_limit"))
    attributeLimit = settings.int("queue_file_attribute_count_limit")
    hopLimit = settings.int("hopcount_limit")
    bodyChecksLimit = settings.int("body_checks_size_limit")
    droppedHeaders = settings.list("message_drop_headers").map { Bytes($0).asciiLowercased }
    undisclosedHeader = Bytes(settings.string("undisclosed_recipients_header"))
    alwaysAddsHeaders = settings.bool("always_add_missing_headers")
    replacesStrayCR = settings.bool("cleanup_replace_stray_cr_lf")
    rejectedCharacters = CleanupSettings.characters(settings.string("message_reject_characters"))
    strippedCharacters = CleanupSettings.characters(settings.string("message_strip_characters"))
    changesCharacters = rejectedCharacters != nil || strippedCharacters != nil
    rewritesRemoteHeaders = !settings.string("remote_header_rewrite_domain").isEmpty
    contentFilter = Bytes(settings.string("content_filter"))
    alwaysBCC = Bytes(settings.string("always_bcc"))
    delayWarning = settings.seconds("delay_warning_time")
    keepsOriginalRecipient = settings.bool("enable_original_recipient")
    duplicateLimit = settings.int("duplicate_filter_limit")
    let overrides = settings.list("receive_override_options")
    mapsAddresses = !overrides.contains("no_address_mappings")
    checksContent = !overrides.contains("no_header_body_checks")
    let classes = settings.list("smtputf8_autodetect_classes")
    detectsUTF8 =
      settings.bool("smtputf8_enable") && (classes.contains("smtpd") || classes.contains("all"))
    quotesLoggedAddresses = settings.string("info_log_address_format") != "internal"

    var rules = ContentParser.Rules()
    rules.followsMIME = !settings.bool("disable_mime_input_processing")
    // Seen: nothing is reported where content is not checked, or MIME is not looked at.
    let reports = checksContent && rules.followsMIME
    let strict = settings.bool("strict_8bitmime")
    rules.reportsEightBitHeaders = reports && (strict || settings.bool("strict_7bit_headers"))
    rules.reportsEightBitBody = reports && (strict || settings.bool("strict_8bitmime_body"))
    rules.reportsEncodingDomain = reports && settings.bool("strict_mime_encoding_domain")
    // Seen: only where headers are checked.
    rules.reportsNesting =
      reports
      && !(settings.string("mime_header_checks") + settings.string("nested_header_checks")
        + settings.string("header_checks")).isEmpty
    rules.headerLimit = max(1, settings.int("header_size_limit"))
    rules.nestingLimit = settings.int("mime_nesting_limit")
    rules.boundaryLimit = max(1, settings.int("mime_boundary_length_limit"))
    parser = rules
  }

  /// A set of characters; `\` escapes as in C.
  ///
  /// - Source: postconf(5) message_strip_characters
  private static func characters(_ text: String) -> [Bool]? {
    let bytes = Bytes(text)
    guard !bytes.isEmpty else { return nil }
    var set = [Bool](repeating: false, count: 256)
    var index = 0
    while index < bytes.count {
      var byte = bytes[index]
      index += 1
      if byte == 0x5C, index < bytes.count {
        byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "a"): byte = 7
        case UInt8(ascii: "b"): byte = 8
        case UInt8(ascii: "f"): byte = 12
        case UInt8(ascii: "n"): byte = 10
        case UInt8(ascii: "r"): byte = 13
        case UInt8(ascii: "t"): byte = 9
        case UInt8(ascii: "v"): byte = 11
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
          var value = Int(byte - 0x30)
          var digits = 1
          while digits < 3, index < bytes.count, bytes[index] &- 0x30 < 8 {
            value = value * 8 + Int(bytes[index] - 0x30)
            index += 1
            digits += 1
          }
          byte = UInt8(truncatingIfNeeded: value)
        default: break
        }
      }
      set[Int(byte)] = true
    }
    return set
  }
}
