import RestrictionDSL

/// Rules for names that go to, and come from, a name server.
///
/// - Source: RFC 1123 §2.1; facts restrictions.md §5.7, §5.8
enum DNSName {
  enum Flaw: Hashable {
    case empty, character(UInt8), label, hyphen, delimiter, numeric, length(Int)

    /// What is logged about a name before it is refused.
    func logLine(_ name: String) -> String {
      switch self {
      case .empty: "warning: valid_hostname: empty hostname"
      case .character(let byte):
        "warning: valid_hostname: invalid character \(byte)(decimal): \(name)"
      case .label: "warning: valid_hostname: hostname label too long: \(name)"
      case .hyphen: "warning: valid_hostname: misplaced hyphen: \(name)"
      case .delimiter: "warning: valid_hostname: misplaced delimiter: \(name)"
      case .numeric: "warning: valid_hostname: numeric hostname: \(name)"
      case .length(let count): "warning: valid_hostname: bad length \(count) for \(name)..."
      }
    }
  }

  /// What is wrong with a host name; `nil` where nothing is.
  ///
  /// Letters, digits, hyphen and underscore make labels of 1…63 characters; a label neither begins
  /// nor ends with a hyphen; a name of digits and dots alone is an address that went astray.
  static func flaw(in name: some BidirectionalCollection<UInt8>) -> Flaw? {
    guard !name.isEmpty else { return .empty }
    guard name.count <= 255 else { return .length(name.count) }
    var labelLength = 0
    var isNumeric = true
    var previous: UInt8 = 0
    for byte in name {
      switch byte {
      case 0x2E:
        if labelLength == 0 { return .delimiter }
        if previous == 0x2D { return .hyphen }
        labelLength = 0
      case 0x2D where labelLength == 0: return .hyphen
      case 0x2D, 0x5F: fallthrough
      case _ where byte.isASCIILetter || byte.isASCIIDigit:
        labelLength += 1
        if labelLength > 63 { return .label }
        if !byte.isASCIIDigit { isNumeric = false }
      default: return .character(byte)
      }
      previous = byte
    }
    if previous == 0x2D { return .hyphen }
    if labelLength == 0 { return .delimiter }
    return isNumeric ? .numeric : nil
  }

  /// Whether a name can be asked for at all.
  static func isValid(_ name: some BidirectionalCollection<UInt8>) -> Bool { flaw(in: name) == nil }

  /// Whether getnameinfo(3) hands a name on; what else is wrong with it is for its caller to say.
  ///
  /// - Source: observed with glibc 2.36
  static func passesLibrary(_ name: Bytes) -> Bool {
    guard let first = name.first, first != 0x2D else { return false }
    return name.allSatisfy { byte in
      byte.isASCIILetter || byte.isASCIIDigit || byte == 0x2D || byte == 0x2E || byte == 0x5F
    }
  }

  /// Whether a name that a record carries can be used; says so in the log where it looks odd.
  static func isUsable(
    _ host: Bytes, of type: DNSType, askedFor name: Bytes, log: inout [String]
  ) -> Bool {
    let isAddress = IPAddress(host) != nil
    let shown = host.prefix(100).map { $0.isASCIIPrintable ? $0 : 0x3F }.text
    if !isAddress {
      guard let flaw = flaw(in: host) else { return true }
      log.append(flaw.logLine(shown))
    }
    let what = isAddress ? "numeric" : "malformed"
    log.append(
      "warning: \(what) domain name in resource data of \(type.text) record for \(name.text): \(shown)"
    )
    return isAddress
  }
}

extension DNSType {
  /// The name in zone files, for log lines.
  var text: String {
    switch self {
    case .a: "A"
    case .ns: "NS"
    case .cname: "CNAME"
    case .soa: "SOA"
    case .ptr: "PTR"
    case .mx: "MX"
    case .txt: "TXT"
    case .aaaa: "AAAA"
    }
  }
}
