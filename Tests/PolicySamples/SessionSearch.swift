import RestrictionDSL
import Runtime
import TestSupport

/// Looks for a session that relays: at random, and by changing sessions that came far.
///
/// Knows nothing of classes: whom mail is from and for is read off the texts.
public struct SessionSearch {
  private var sampler: SessionSampler
  private let rehearsal: Rehearsal
  private let words: Words
  public private(set) var played = 0

  public init(_ values: [String: String], seed: UInt64) {
    sampler = SessionSampler(seed: seed)
    rehearsal = Rehearsal(settings: .forTesting(values))
    words = Words(values)
  }

  /// - Returns: a session by which an untrusted client sends mail elsewhere.
  public mutating func counterexample(random: Int, guided: Int) -> Conversation? {
    for _ in 0..<random {
      let (conversation, isForeign, isTrusted) = sampler.conversation()
      guard isForeign, !isTrusted else { continue }
      if play(conversation).isRelayed { return conversation }
    }
    var best: (conversation: Conversation, steps: Int)?
    for round in 0..<guided {
      // A new start now and then: the way that leads far may be a dead end.
      if round % 60 == 0 { best = nil }
      var next = best?.conversation ?? start()
      for _ in 0..<Int.random(in: 1...2, using: &sampler.random) { change(&next) }
      let (isRelayed, steps) = play(next)
      if isRelayed { return next }
      if steps >= best?.steps ?? 0 { best = (next, steps) }
    }
    return nil
  }

  /// Whether the mail goes out, and how many restrictions the session came to.
  private mutating func play(_ conversation: Conversation) -> (isRelayed: Bool, steps: Int) {
    played += 1
    var sampler = sampler
    let exchanges = rehearsal.play(conversation) { sampler.answer($0) }
    self.sampler = sampler
    let steps = rehearsal.trace.runs.flatMap(\.steps)
    let isElsewhere = steps.flatMap(\.effects).contains { effect in
      if case .redirect = effect { return true }
      return effect == .discard
    }
    let isRelayed =
      exchanges.last { $0.command.hasPrefix("RCPT") }?.isAccepted == true
      && exchanges.last?.command == "." && exchanges.last?.isAccepted == true && !isElsewhere
    return (isRelayed, steps.count)
  }

  // MARK: Changes

  private mutating func start() -> Conversation {
    while true {
      let (conversation, isForeign, isTrusted) = sampler.conversation()
      if isForeign, !isTrusted { return conversation }
    }
  }

  private mutating func change(_ conversation: inout Conversation) {
    switch Int.random(in: 0..<6, using: &sampler.random) {
    case 0:
      if let address = sampler.random.pick(words.addresses) { conversation.client = address }
    case 1:
      let host = Bytes(host())
      conversation.clientName = sampler.random.pick([
        .verified(host), .forged(host), .unconfirmed(host), .missing, .temporary,
      ])
    case 2: conversation.helo = sampler.random.chance(10) ? nil : Bytes(host())
    case 3: conversation.sender = Conversation.path(sampler.random.chance(10) ? "<>" : mailbox())
    case 4:
      let foreign = mailbox(at: sampler.random.pick(words.foreignDomains))
      conversation.recipients[conversation.recipients.count - 1] = Conversation.path(foreign)
    default:
      let other = start()
      conversation.recipients = other.recipients
      if sampler.random.chance(50) { conversation.sender = other.sender }
    }
  }

  private mutating func host() -> String {
    let name = sampler.random.pick(words.hosts)
    return sampler.random.chance(40) ? "sub." + name : name
  }

  private mutating func mailbox(at domain: String? = nil) -> String {
    if domain == nil, sampler.random.chance(30) { return sampler.random.pick(words.mailboxes) }
    let user = sampler.random.pick(words.users)
    let extended = sampler.random.chance(15) ? user + "+x" : user
    return extended + "@" + (domain ?? host())
  }
}

/// What a configuration's text names.
private struct Words {
  var addresses: [IPAddress?] = ConfigurationGenerator.addresses.map { IPAddress($0) }
  var hosts = ConfigurationGenerator.hosts
  var users = ConfigurationGenerator.users
  var mailboxes = ["alice@good.example", "bob@ours.example"]
  /// Domains that are nobody's here.
  var foreignDomains = [
    "foreign.example", "other.foreign.example", "foreign2.test", "good.example", "bad.example",
    "x.bad.example", "other.test", "foreignours.example",
  ]

  init(_ values: [String: String]) {
    let isPart: (Character) -> Bool = {
      $0.isASCII && ($0.isLetter || $0.isNumber || "@.+-_:".contains($0))
    }
    let lists = values.filter { $0.key.hasPrefix("smtpd_") || $0.key == "klass" }
    for word in Set(lists.values.flatMap { $0.split(whereSeparator: { !isPart($0) }) }).sorted() {
      let word = String(word)
      if word.hasSuffix("@") {
        users.append(String(word.dropLast()))
      } else if word.contains("@") {
        mailboxes.append(word)
        users.append(String(word.prefix { $0 != "@" }))
      } else if word.contains("."), word.contains(where: \.isLetter), !word.contains(":") {
        hosts.append(word.hasPrefix(".") ? String(word.dropFirst()) : word)
      } else {
        // Octets or groups from the left: an address that has them.
        for rest in ["", ".9", ".1.9", ".1.1.9", "::9", ":1:1:1:1:1:9"] {
          if let address = IPAddress(word + rest) { addresses.append(address) }
        }
      }
    }
    addresses = addresses.filter { address in
      guard let text = address.map({ "\($0)" }) else { return false }
      return !text.hasPrefix("192.0.2.") && !text.hasPrefix("127.")
    }
  }
}
