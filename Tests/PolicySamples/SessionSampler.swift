import RestrictionDSL
import Runtime
import TestSupport

/// Random sessions over the names of generated policies, near misses and odd forms among them.
public struct SessionSampler {
  public var random: SplitMix

  public init(seed: UInt64) { random = SplitMix(seed: seed) }

  /// Recipients, and whether their mail goes elsewhere.
  public static let recipients: [(address: String, isForeign: Bool)] = [
    ("alice@ours.example", false), ("nobody@ours.example", false), ("bob@virtual.example", false),
    ("x@relay.example", false), ("victim@foreign.example", true), ("v@other.foreign.example", true),
    ("v@foreign2.test", true), ("postmaster@foreign.example", true),
    ("info+tag@foreign.example", true),
    ("v%foreign.example@ours.example", true), ("v%foreign.example@relay.example", true),
    ("foreign.example!v@ours.example", true), ("\"v@foreign.example\"@ours.example", true),
    ("v@[203.0.113.200]", true), ("alice@good.example", true), ("postmaster", false),
    ("@ours.example:v@foreign.example", true), ("v@FOREIGN.example", true),
    ("bob@other.test", true),
    ("v%foreign.example", true), ("v@localhost.foreign.example", true),
  ]

  public mutating func conversation() -> (Conversation, isForeign: Bool, isTrusted: Bool) {
    let text = random.pick(ConfigurationGenerator.addresses)
    let address = IPAddress(text) ?? .v4(0)
    let host = Bytes(random.pick(ConfigurationGenerator.hosts))
    let names: [Conversation.ClientName] = [
      .missing, .verified(host), .verified(Bytes("a.") + host), .forged(host), .temporary,
      .unconfirmed(host),
    ]
    var conversation = Conversation(client: address, clientName: random.pick(names))
    let helos: [String?] = [
      nil, "mail.good.example", "x.bad.example", "[198.51.100.7]", "nodot", "bad_.name", host.text,
      "A.BAD.Example", "example",
    ]
    conversation.helo = random.pick(helos).map { Bytes($0) }
    conversation.usesEHLO = random.chance(80)
    let senders = [
      "<>", "<alice@good.example>", "<evil@bad.example>", "<bob@ours.example>",
      "<info+x@sub.bad.example>",
      "<x@deep.sub.bad.example>", "<nodomain>", "<a@[192.0.2.1]>", "<Evil@other.test>",
      "<x%y@ours.example>",
    ]
    conversation.sender = Bytes(random.pick(senders))
    let (recipient, isForeign) = random.pick(Self.recipients)
    conversation.recipients = [Conversation.path(recipient)]
    if random.chance(20) { conversation.recipients.insert(Bytes("<alice@ours.example>"), at: 0) }
    let isTrusted = text.hasPrefix("192.0.2.") || text.hasPrefix("127.")
    return (conversation, isForeign, isTrusted)
  }

  /// What the network may say.
  public mutating func answer(_ question: Question) -> Answer {
    switch question {
    case .dns(_, let type):
      let some: DNSAnswer =
        type == .mx
        ? .records([.mx(preference: 10, host: Bytes("mx.example"), ttl: 1)])
        : .records([.address(.v4(0x7F00_0002), ttl: 1)])
      return Answer(
        .dns(random.pick([.noName, .noData, .temporary, type == .txt ? .noData : some])))
    case .addresses: return Answer(.host(.addresses([.v4(0xC000_02C8)])))
    case .policy: return Answer(.policy(.action(Bytes("DUNNO"))))
    default: return Answer(.elapsed)
    }
  }
}
