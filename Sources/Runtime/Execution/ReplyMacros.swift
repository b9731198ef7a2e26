import RestrictionDSL

/// The names that reject footers and DNS list replies may use.
///
/// - Source: postconf(5) smtpd_reject_footer; facts restrictions.md §4
public struct ReplyMacros {
  private let client: Client
  private let helo: Bytes?
  private let sender: Bytes?
  private let recipient: Bytes?
  private let serverName: Bytes
  private let localTime: () -> Bytes

  /// - Parameter localTime: the time as `Mon DD HH:MM:SS`.
  public init(
    client: Client, helo: Bytes?, sender: Bytes?, recipient: Bytes?, serverName: Bytes,
    localTime: @escaping () -> Bytes
  ) {
    self.client = client
    self.helo = helo
    self.sender = sender
    self.recipient = recipient
    self.serverName = serverName
    self.localTime = localTime
  }

  init(_ facts: Facts, serverName: Bytes, localTime: @escaping () -> Bytes) {
    self.init(
      client: facts.client, helo: facts.helo, sender: facts.sender, recipient: facts.recipient,
      serverName: serverName, localTime: localTime)
  }

  /// The value of a name; empty where it is not known now, `nil` where there is no such name.
  public func value(of name: Bytes) -> Bytes? {
    switch name.text {
    case "client": client.nameAndAddress
    case "client_address": client.addressText
    case "client_name": client.name
    case "client_port": client.port
    case "reverse_client_name": client.reverseName
    case "helo_name": helo ?? []
    case "sender": whole(sender)
    case "sender_name": local(sender)
    case "sender_domain": domain(sender)
    case "recipient": whole(recipient)
    case "recipient_name": local(recipient)
    case "recipient_domain": domain(recipient)
    case "server_name": serverName
    case "localtime": localTime()
    default: nil
    }
  }

  private func whole(_ address: Bytes?) -> Bytes {
    guard let address else { return [] }
    return address.isEmpty ? Bytes("<>") : address
  }

  private func local(_ address: Bytes?) -> Bytes {
    guard let address, !address.isEmpty else { return whole(address) }
    return Bytes(MailAddress.localPart(of: address))
  }

  private func domain(_ address: Bytes?) -> Bytes {
    guard let address, !address.isEmpty else { return whole(address) }
    return Bytes(MailAddress.domain(of: address))
  }
}
