import RestrictionDSL

/// The addresses of a message header, and the header written with other ones.
///
/// Comments and phrases stay; a comment inside an address moves behind it, missing commas are put in.
/// A header of which no address changes is left as it was written.
///
/// - Source: RFC 822 §6; compared with cleanup(8) of Postfix 3.7.11
enum HeaderAddressList {
  /// Replaces the addresses of a header.
  ///
  /// - Parameter header: complete, with its name; lines are separated by LF.
  /// - Parameter tokenLimit: header_address_token_limit; what lies beyond is dropped; 0 for no limit.
  /// - Parameter replace: from external form to external form.
  /// - Returns: the new header, folded, lines separated by LF; `nil` where no address changed.
  static func rewritten<Failure: Error>(
    _ header: Bytes, nameLength: Int, tokenLimit: Int,
    replace: (Bytes) throws(Failure) -> Bytes
  ) throws(Failure) -> Bytes? {
    guard nameLength < header.count else { return nil }
    let body = header.span.extracting((nameLength + 1)..<header.count)
    var list = AddressList(parsing: body, tokenLimit: tokenLimit)
    var hasChanged = false
    for index in list.tokens.indices {
      guard case .address(let parts) = list.tokens[index] else { continue }
      let old = parts.externalText
      let new = try replace(old)
      hasChanged = hasChanged || new != old
      list.tokens[index] = .address(AddressToken.scan(new))
    }
    guard hasChanged else { return nil }
    return folded(
      Bytes(header[..<nameLength]) + [UInt8(ascii: ":"), 0x20] + list.tokens.headerText)
  }

  /// Joins short lines, one of which holds one address, and puts a tab before those that remain.
  ///
  /// A line is shorter than 70, as cleanup(8) counts: without the tab.
  private static func folded(_ text: Bytes) -> Bytes {
    var result = Bytes()
    result.reserveCapacity(text.count + 8)
    var length = 0
    for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
      if result.isEmpty {
        length = line.count
      } else if length + 1 + line.count < 70 {
        result.append(0x20)
        length += 1 + line.count
      } else {
        result.append(0x0A)
        if line.first != 0x20 && line.first != 0x09 { result.append(0x09) }
        length = line.count
      }
      result.append(contentsOf: line)
    }
    return result
  }
}
