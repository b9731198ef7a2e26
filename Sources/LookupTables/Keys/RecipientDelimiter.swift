import RestrictionDSL

/// Where a local part is divided into name and extension.
///
/// - Source: postconf(5) recipient_delimiter, owner_request_special; facts restrictions.md §6.4
public struct RecipientDelimiter: Hashable, Sendable {
  private let characters: Bytes
  private let doubleBounceSender: Bytes
  private let sparesOwnerRequest: Bool

  /// - Parameter characters: any of them divides; empty for none.
  public init(characters: Bytes, doubleBounceSender: Bytes, ownerRequestSpecial: Bool) {
    self.characters = characters
    self.doubleBounceSender = doubleBounceSender
    sparesOwnerRequest = ownerRequestSpecial && characters.contains(UInt8(ascii: "-"))
  }

  public init(settings: Settings) {
    self.init(
      characters: Bytes(settings.string("recipient_delimiter")),
      doubleBounceSender: Bytes(settings.string("double_bounce_sender")),
      ownerRequestSpecial: settings.bool("owner_request_special"))
  }

  /// Index of the delimiter, or `nil` where the local part has no extension.
  ///
  /// - Complexity: O(n), no allocation.
  public func split(_ local: Span<UInt8>) -> Int? {
    guard !characters.isEmpty else { return nil }
    var found: Int?
    for index in local.indices where characters.contains(local[index]) {
      found = index
      break
    }
    guard let found, found > 0 else { return nil }
    if Self.equals(local, "postmaster") || Self.equals(local, "mailer-daemon")
      || CaseFolding.equal(local, doubleBounceSender.span, unicode: false)
    {
      return nil
    }
    if sparesOwnerRequest {
      if local.count >= 6, Self.equals(local.extracting(0..<6), "owner-") { return nil }
      if local.count > 8, Self.equals(local.extracting((local.count - 8)..<local.count), "-request")
      {
        return nil
      }
    }
    return found
  }

  private static func equals(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
    guard text.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { buffer in
      for index in buffer.indices where text[index].asciiLowercased != buffer[index] {
        return false
      }
      return true
    }
  }
}
