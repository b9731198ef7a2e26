import RestrictionDSL
import Runtime

/// What can be proved about a policy.
public enum Property: Hashable, Sendable {
  /// Nobody outside gets mail for foreign domains accepted.
  case noOpenRelay
  /// Mail for postmaster of our domains comes through from clients that nothing speaks against.
  case postmasterReachable
  /// No mail is refused for good because the DNS did not answer.
  case noPermanentRejectOnDNSFailure
  /// No mail from outside is accepted for recipients of ours that do not exist.
  case noBackscatter
  /// No RCPT waits for the DNS more than a number of times.
  case boundedDNS(Int)

  public static let names = [
    "no-open-relay", "postmaster-reachable", "no-permanent-reject-on-dns-failure",
    "no-backscatter", "bounded-dns",
  ]

  /// - Parameter bound: the number behind `bounded-dns`.
  public init?(_ name: String, bound: Int? = nil) {
    switch name {
    case "no-open-relay": self = .noOpenRelay
    case "postmaster-reachable": self = .postmasterReachable
    case "no-permanent-reject-on-dns-failure": self = .noPermanentRejectOnDNSFailure
    case "no-backscatter": self = .noBackscatter
    case "bounded-dns":
      guard let bound, bound >= 0 else { return nil }
      self = .boundedDNS(bound)
    default: return nil
    }
  }

  public var name: String {
    switch self {
    case .noOpenRelay: "no-open-relay"
    case .postmasterReachable: "postmaster-reachable"
    case .noPermanentRejectOnDNSFailure: "no-permanent-reject-on-dns-failure"
    case .noBackscatter: "no-backscatter"
    case .boundedDNS(let bound): "bounded-dns \(bound)"
    }
  }
}

/// What came of a proof.
public struct ProofResult: Sendable {
  public enum Status: String, Hashable, Sendable {
    case proved = "PROVED"
    case refuted = "REFUTED"
    case undecided = "UNDECIDED"
  }

  public let property: Property
  public let service: String
  public let status: Status
  /// A session that breaks the property, played and found to do so.
  public let witness: Witness?
  /// What a proof would need, or what it rests on.
  public let assumptions: [String]
  /// What the result says in one line.
  public let summary: String
}

/// A session, and what others answered in it.
public struct Witness: Sendable {
  public let conversation: Conversation
  public let answers: [(question: Question, answer: Answer.Value)]
  /// The commands and replies.
  public let exchanges: [Exchange]

  /// In one line: `client 198.51.100.1, HELO x, MAIL <a@b>, RCPT <c@d> -> 250 2.1.5 Ok`.
  public var text: String {
    var parts = ["client \(conversation.client)"]
    switch conversation.clientName {
    case .verified(let name): parts[0] += " (\(name.text))"
    case .forged(let name): parts[0] += " (unknown; \(name.text) does not lead back)"
    case .unconfirmed(let name): parts[0] += " (unknown; temporary failure of \(name.text))"
    case .missing, nil: break
    case .temporary: parts[0] += " (unknown; temporary failure of its lookup)"
    }
    if let helo = conversation.helo { parts.append("HELO \(helo.text)") }
    if let login = conversation.login { parts.append("logged in as \(login.user.text)") }
    if let sender = conversation.sender { parts.append("MAIL \(sender.text)") }
    for recipient in conversation.recipients { parts.append("RCPT \(recipient.text)") }
    let reply =
      exchanges.last { $0.command.hasPrefix("RCPT") }?.replies.last
      ?? exchanges.last?.replies.last ?? ""
    let told = answers.map { "\(ItemWriter.text($0.question)) = \(ItemWriter.text($0.answer))" }
    return parts.joined(separator: ", ") + " -> \(reply)"
      + (told.isEmpty ? "" : "  [\(told.joined(separator: "; "))]")
  }
}
