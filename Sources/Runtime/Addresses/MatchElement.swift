import LookupTables
import RestrictionDSL

/// One element of a match list, ready to be compared.
struct MatchElement {
  enum Pattern {
    case literal(Literal)
    case table(OpenTable)
    /// A list file that could not be read: the name it is known by, and why.
    case unavailable(name: String, reason: String)
  }

  /// A name, address or network as written, in lower case.
  struct Literal {
    let text: Bytes
    /// Networks and addresses that have several spellings; `nil` for text that is compared only.
    let network: Result<IPNetwork, BadNetwork>?
    let hasColon: Bool
  }

  /// A network that cannot be used: the list fails whenever it comes to this element.
  struct BadNetwork: Error, Hashable {
    let reason: String
  }

  /// `false` where `!` stands in front.
  let isPositive: Bool
  let pattern: Pattern
}

extension MatchElement.Literal {
  init(_ text: Bytes) {
    self.text = text
    hasColon = text.contains(UInt8(ascii: ":"))
    network = Self.isNetworkLike(text) ? Self.parse(text) : nil
  }

  /// Only what has a colon or a slash, and no characters of host names, is taken for a network.
  private static func isNetworkLike(_ text: Bytes) -> Bool {
    var hasSeparator = false
    for byte in text {
      switch byte {
      case UInt8(ascii: ":"), UInt8(ascii: "/"): hasSeparator = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
        UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "."), UInt8(ascii: "["),
        UInt8(ascii: "]"):
        continue
      default: return false
      }
    }
    return hasSeparator
  }

  /// `net/bits`, `[net]/bits`, `[net/bits]`, `address` or `[address]`.
  private static func parse(_ text: Bytes) -> Result<IPNetwork, MatchElement.BadNetwork> {
    func bad(_ reason: String) -> Result<IPNetwork, MatchElement.BadNetwork> {
      .failure(MatchElement.BadNetwork(reason: reason))
    }
    var address = text[...]
    var mask: ArraySlice<UInt8>?
    if text.first == UInt8(ascii: "[") {
      address = text[1...]
      guard let close = address.firstIndex(of: UInt8(ascii: "]")) else {
        return bad("missing ']' character after \"[\(address.text)\"")
      }
      let rest = address[(close + 1)...]
      address = address[..<close]
      if rest.first == UInt8(ascii: "/") {
        mask = rest.dropFirst()
      } else if !rest.isEmpty {
        return bad("garbage after \"[\(address.text)]\"")
      }
    }
    if mask == nil, let slash = address.firstIndex(of: UInt8(ascii: "/")) {
      mask = address[(slash + 1)...]
      address = address[..<slash]
    }
    guard let mask else {
      guard let host = IPAddress(address),
        let network = IPNetwork(host, prefixLength: host.bitWidth)
      else { return bad("bad address pattern: \"\(address.text)\"") }
      return .success(network)
    }
    let written = "\"\(address.text)/\(mask.text)\""
    guard !mask.isEmpty, mask.allSatisfy(\.isASCIIDigit) else {
      return bad("bad mask value in \(written)")
    }
    let width = address.contains(UInt8(ascii: ":")) ? 128 : 32
    guard let length = Int(mask.text), length <= width else {
      return bad("bad mask length in \(written)")
    }
    guard let host = IPAddress(address) else { return bad("bad network value in \(written)") }
    guard let network = IPNetwork(host, prefixLength: length) else {
      return bad(
        "non-null host address bits in \(written), perhaps you should use "
          + "\"\(host.masked(to: length))/\(length)\" instead")
    }
    return .success(network)
  }
}
