import RestrictionDSL

/// Where messages come from, as their queue files tell it: client, login, server endpoint.
///
/// The same for all messages of a connection until HELO, XCLIENT, XFORWARD or a login change it, hence
/// encoded once: a message copies the records.
///
/// - Source: facts postfix-ipc.md §3.4
public final class MessageSource: Sendable {
  /// In the order of postfix-ipc.md §3.4: sasl_*, log_client_name … client_address_type.
  public let attributes: [(name: String, value: Bytes)]

  /// A line about a message of this source, behind its queue id: `: client=NAME[ADDR]`.
  public let logText: Bytes

  /// Attribute records that stand before the sender: the login.
  let recordsBeforeSender: Bytes
  /// Attribute records that stand behind it.
  let recordsAfterSender: Bytes

  /// The Received header of its messages.
  let received: ReceivedLines

  /// A source that puts no Received header in front of its messages.
  ///
  /// - Parameter attributes: empty values are left out
  public convenience init(_ attributes: [(name: String, value: Bytes)]) {
    self.init(
      attributes, logText: [], received: ReceivedLines(beginning: [], beginningUTF8: []))
  }

  /// - Parameter attributes: empty values are left out
  init(
    _ attributes: [(name: String, value: Bytes)], logText: Bytes, received: ReceivedLines
  ) {
    self.received = received
    self.attributes = attributes.filter { !$0.value.isEmpty }
    self.logText = logText
    var login = RecordBuffer(capacity: 64)
    var others = RecordBuffer(capacity: 512)
    for (name, value) in self.attributes {
      if name.hasPrefix("sasl_") {
        login.append(attributeNamed: name, value)
      } else {
        others.append(attributeNamed: name, value)
      }
    }
    recordsBeforeSender = login.bytes
    recordsAfterSender = others.bytes
  }

  /// The value of an attribute; `nil` where the source has none.
  func value(of name: String) -> Bytes? { attributes.first { $0.name == name }?.value }
}
