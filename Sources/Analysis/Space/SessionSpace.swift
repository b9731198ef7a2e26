import Compiler
import RestrictionDSL
import Runtime

/// How the session is encrypted, and by whom.
struct Channel: Hashable, Sendable {
  var isEncrypted = false
  var certificate: ClientCertificate?
}

/// For every dimension the values that stand for all values.
///
/// Two values of one class get the same answer from every restriction of the configurations that
/// the space was made for.
struct SessionSpace: Sendable {
  var addresses: [IPAddress] = []
  var names: [Conversation.ClientName] = []
  /// `nil`: no HELO.
  var helos: [Bytes?] = []
  /// Internal form; empty for the null sender.
  var senders: [Bytes] = []
  var recipients: [Bytes] = []
  var logins: [Login?] = [nil]
  var channels: [Channel] = [Channel()]
  var pipelining: [Bool] = [false]
  var counts: [Bool] = [false, true]
  /// Why the space may miss something: no proof then.
  var gaps: [String] = []

  func count(_ dimension: Dimension) -> Int {
    switch dimension {
    case .address: addresses.count
    case .name: names.count
    case .helo: helos.count
    case .sender: senders.count
    case .recipient: recipients.count
    case .login: logins.count
    case .channel: channels.count
    case .pipelining: pipelining.count
    case .count: counts.count
    }
  }

  /// A choice of values that no table names: what they would hide must show.
  var unnamedChoice: [Int] {
    var choice = Array(repeating: 0, count: Dimension.allCases.count)
    choice[.name] = names.firstIndex(of: .missing) ?? 0
    return choice
  }

  /// What is known at a command when a session has made its choices.
  ///
  /// - Parameter choice: an index for every dimension, in the order of ``Dimension``.
  func facts(_ choice: [Int], at entry: Entry) -> Facts {
    let address = addresses[choice[Dimension.address]]
    let facts = Facts(
      client: client(address, names[choice[Dimension.name]]), serverAddress: Bytes("127.0.0.1"),
      serverPort: Bytes("25"))
    facts.socketAddress = address
    facts.login = logins[choice[Dimension.login]]
    facts.saslIsActive = facts.login != nil
    let channel = channels[choice[Dimension.channel]]
    facts.tlsIsActive = channel.isEncrypted
    if channel.isEncrypted {
      facts.encryption = Encryption(
        protocolName: Bytes("TLSv1.3"), cipher: Bytes("TLS_AES_256_GCM_SHA384"), keySize: 256)
    }
    facts.certificate = channel.certificate
    facts.improperPipelining = pipelining[choice[Dimension.pipelining]]
    facts.command = entry.command
    guard entry != .connect else { return facts }
    facts.helo = helos[choice[Dimension.helo]]
    facts.protocolName = Bytes(facts.helo == nil ? "SMTP" : "ESMTP")
    guard entry != .helo else { return facts }
    let sender = senders[choice[Dimension.sender]]
    facts.sender = sender
    facts.smtputf8 = sender.contains { $0 >= 128 }
    guard entry != .mail else { return facts }
    let recipient = recipients[choice[Dimension.recipient]]
    let isLater = counts[choice[Dimension.count]]
    facts.smtputf8 = facts.smtputf8 || recipient.contains { $0 >= 128 }
    switch entry {
    case .data, .endOfData:
      facts.recipient = isLater ? nil : recipient
      facts.recipientCount = isLater ? 2 : 1
    default:
      facts.recipient = recipient
      facts.recipientCount = isLater ? 1 : 0
    }
    return facts
  }

  private func client(_ address: IPAddress, _ name: Conversation.ClientName) -> Client {
    let unknown = Bytes("unknown")
    let text = address.bytes
    var client = Client(
      name: unknown, nameStatus: .permanent, reverseName: unknown, reverseNameStatus: .permanent,
      addressText: text, address: address, port: Bytes("40000"), nameAndAddress: [])
    switch name {
    case .verified(let host):
      client.name = host
      client.nameStatus = .ok
      client.reverseName = host
      client.reverseNameStatus = .ok
    case .forged(let host):
      client.nameStatus = .forged
      client.reverseName = host
      client.reverseNameStatus = .ok
    case .unconfirmed(let host):
      client.nameStatus = .temporary
      client.reverseName = host
      client.reverseNameStatus = .ok
    case .missing: break
    case .temporary:
      client.nameStatus = .temporary
      client.reverseNameStatus = .temporary
    }
    client.nameAndAddress = client.name + Bytes("[") + text + Bytes("]")
    return client
  }

  /// The session as something that can be said to a server.
  func conversation(_ choice: [Int]) -> Conversation {
    var conversation = Conversation(
      client: addresses[choice[Dimension.address]], clientName: names[choice[Dimension.name]])
    conversation.helo = helos[choice[Dimension.helo]]
    conversation.usesEHLO = conversation.helo != nil
    conversation.sender = path(senders[choice[Dimension.sender]])
    conversation.recipients = [path(recipients[choice[Dimension.recipient]])]
    conversation.smtputf8 =
      (senders[choice[Dimension.sender]] + recipients[choice[Dimension.recipient]])
      .contains { $0 >= 128 }
    conversation.login = logins[choice[Dimension.login]]
    let channel = channels[choice[Dimension.channel]]
    if channel.isEncrypted {
      conversation.encryption = Encryption(
        protocolName: Bytes("TLSv1.3"), cipher: Bytes("TLS_AES_256_GCM_SHA384"), keySize: 256)
    }
    conversation.certificate = channel.certificate
    conversation.improperPipelining = pipelining[choice[Dimension.pipelining]]
    return conversation
  }

  private func path(_ address: Bytes) -> Bytes {
    Bytes("<") + (address.isEmpty ? [] : MailAddress.external(address)) + Bytes(">")
  }
}

extension Facts {
  /// The HELO was refused.
  func forgetHelo() {
    helo = nil
    protocolName = Bytes("SMTP")
  }
}

extension Array where Element == Int {
  subscript(dimension: Dimension) -> Int {
    get { self[Int(dimension.rawValue)] }
    set { self[Int(dimension.rawValue)] = newValue }
  }
}

extension Entry {
  /// The command as logs show it.
  var command: Bytes {
    switch self {
    case .connect: Bytes("CONNECT")
    case .helo: Bytes("EHLO")
    case .mail: Bytes("MAIL")
    case .rcpt: Bytes("RCPT")
    case .vrfy: Bytes("VRFY")
    case .etrn: Bytes("ETRN")
    case .data: Bytes("DATA")
    case .endOfData: Bytes("END-OF-MESSAGE")
    }
  }
}
