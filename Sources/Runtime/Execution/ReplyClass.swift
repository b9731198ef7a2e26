import Compiler
import RestrictionDSL

/// What a reply says was refused: `Client host`, `Sender address` and so on.
///
/// - Source: facts restrictions.md §1, §5
public enum ReplyClass: UInt8, Hashable, Sendable {
  case client, reverseClient, certificate, login, helo, sender, recipient, etrn, data, endOfData

  /// The words as they stand in replies and logs.
  public var text: String {
    switch self {
    case .client: "Client host"
    case .reverseClient: "Unverified Client host"
    case .certificate: "Client certificate"
    case .login: "SASL login name"
    case .helo: "Helo command"
    case .sender: "Sender address"
    case .recipient: "Recipient address"
    case .etrn: "Etrn command"
    case .data: "Data command"
    case .endOfData: "End-of-data"
    }
  }
}

/// Whose name a reply shows, kept unresolved so that a recorded outcome can be shown for another recipient.
enum ReplyTarget: Hashable, Sendable {
  /// The name and class of the list being evaluated.
  case list
  case subject(Subject)
  case named(Bytes, ReplyClass)
}

/// Name and class of a reply, resolved.
struct ReplyName {
  let name: Bytes
  let replyClass: ReplyClass
}

extension Stage {
  /// The class of the stage's list.
  var replyClass: ReplyClass {
    switch self {
    case .client: .client
    case .helo: .helo
    case .sender: .sender
    case .relay, .recipient: .recipient
    case .etrn: .etrn
    case .data: .data
    case .endOfData: .endOfData
    }
  }
}

extension Facts {
  /// The name that a stage's list is about, or `nil` where it is not known and the list is skipped.
  func name(of stage: Stage) -> Bytes? {
    switch stage {
    case .client: client.nameAndAddress
    case .helo: helo
    case .sender: sender
    case .relay, .recipient: recipient
    case .etrn: etrnDomain
    case .data: ReplyTexts.dataName
    case .endOfData: ReplyTexts.endOfDataName
    }
  }

  /// Whether there is a ``name(of:)``.
  func hasSubject(of stage: Stage) -> Bool {
    switch stage {
    case .client, .data, .endOfData: true
    case .helo: helo != nil
    case .sender: sender != nil
    case .relay, .recipient: recipient != nil
    case .etrn: etrnDomain != nil
    }
  }

  /// Name and class that replies about a subject show; the name is empty where it is not known.
  func replyName(of subject: Subject) -> ReplyName {
    switch subject {
    case .client: ReplyName(name: client.nameAndAddress, replyClass: .client)
    case .reverseClient: ReplyName(name: client.reverseName, replyClass: .reverseClient)
    case .helo: ReplyName(name: helo ?? [], replyClass: .helo)
    case .sender: ReplyName(name: sender ?? [], replyClass: .sender)
    case .recipient: ReplyName(name: recipient ?? [], replyClass: .recipient)
    case .etrn: ReplyName(name: etrnDomain ?? [], replyClass: .etrn)
    case .sasl:
      ReplyName(
        name: (login?.user ?? []).map { $0.isASCIIPrintable || $0 >= 128 ? $0 : 0x5F },
        replyClass: .login)
    case .ccert: ReplyName(name: certificate?.commonName ?? [], replyClass: .certificate)
    }
  }
}
