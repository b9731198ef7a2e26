import RestrictionDSL

/// One `attribute=value` of XCLIENT or XFORWARD.
struct ProxyAttribute: Hashable {
  /// In upper case.
  let name: String
  /// As typed, for replies about the name.
  let typedName: Bytes
  /// Decoded where it is valid xtext; not printable as `?`.
  let value: Bytes

  var isUnavailable: Bool { value.equalsIgnoringCase("[UNAVAILABLE]") }
  var isTemporarilyUnavailable: Bool { value.equalsIgnoringCase("[TEMPUNAVAIL]") }

  /// `501 5.5.4 Bad NAME syntax: VALUE`.
  var refusal: SessionReply {
    SessionReply(Bytes("501 5.5.4 Bad \(name) syntax: ") + value)
  }

  /// Reads one word.
  ///
  /// - Returns: the attribute, or the reply about it.
  /// - Source: facts smtp-session.md §4 "XCLIENT"
  static func parse(
    _ word: ArraySlice<UInt8>, utf8: Bool
  ) -> Result<ProxyAttribute, Refusal> {
    guard let separator = word.firstIndex(of: 0x3D), separator + 1 < word.endIndex else {
      return .failure(Refusal(reply: .attributeExpected))
    }
    let raw = word[(separator + 1)...]
    guard raw.count <= 255 else { return .failure(Refusal(reply: .attributeTooLong)) }
    var value = XText.decoded(raw) ?? Bytes(raw)
    if let end = value.firstIndex(of: 0) { value.removeSubrange(end...) }
    let name = word[..<separator]
    return .success(
      ProxyAttribute(
        name: name.text.uppercased(), typedName: Bytes(name),
        value: PrintableText.cleaned(value, utf8: utf8)))
  }

  struct Refusal: Error, Hashable { let reply: SessionReply }

  // MARK: Values

  /// An address, `nil` inside for an unavailable one; `nil` where it is none.
  var address: IPAddress?? {
    if isUnavailable { return .some(nil) }
    let prefix = Bytes("IPV6:")
    if value.prefix(5).equalsIgnoringCase(prefix) {
      guard let address = IPAddress(value.dropFirst(5)), case .v6 = address else { return nil }
      return .some(address.unmapped)
    }
    guard let address = IPAddress(hostAddress: value.span), case .v4 = address else { return nil }
    return .some(address)
  }

  /// Up to five digits, or `unknown`.
  var port: Bytes? {
    if isUnavailable { return Forwarding.unknown }
    return (1...5).contains(value.count) && value.allSatisfy(\.isASCIIDigit) ? value : nil
  }

  var isHostname: Bool { DomainName.isValidHostname(value.span) }
}
