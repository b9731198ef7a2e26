import LookupTables
import RestrictionDSL

/// Where an address is rewritten.
public enum RewriteContext: Hashable, Sendable {
  /// Envelopes, and headers of clients of local_header_rewrite_clients: `$myorigin` completes.
  case local
  /// Headers of strangers under remote_header_rewrite_domain: that domain completes.
  case remote(Bytes)
}

/// What the queue writer asks of the address rooms: everything that cleanup(8) does with an address.
///
/// All addresses are in internal form.
public protocol MessageAddresses: AnyObject {
  /// The standard form (trivial-rewrite).
  func standardForm(_ address: Bytes, _ context: RewriteContext) -> Bytes

  /// Whether ``mappedSender(_:isHeader:)`` and its siblings never change a standard address.
  var mapsNothing: Bool { get }

  /// sender_canonical_maps, canonical_maps, masquerading.
  func mappedSender(_ address: Bytes, isHeader: Bool) throws(AddressMappingError) -> Bytes

  /// recipient_canonical_maps, canonical_maps, masquerading.
  func mappedRecipient(_ address: Bytes, isHeader: Bool) throws(AddressMappingError) -> Bytes

  /// virtual_alias_maps, recursively; the address itself where nothing matches.
  func expanded(_ address: Bytes) throws(AddressMappingError) -> [Bytes]

  /// sender_bcc_maps, in standard form.
  func senderBCC(_ address: Bytes) throws(AddressMappingError) -> Bytes?

  /// recipient_bcc_maps, in standard form.
  func recipientBCC(_ address: Bytes) throws(AddressMappingError) -> Bytes?
}

/// A mapping could not be done: the message is not accepted now.
public enum AddressMappingError: Error, Hashable, Sendable {
  /// A table could not be asked; the parameter that names it.
  case lookup(LookupError, parameter: String)
  /// `unreasonable virtual_alias_maps map expansion size for …`
  case expansion(String)
}
