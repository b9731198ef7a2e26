import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// How one operation treats one value: two values with one signature cannot be told apart by it.
///
/// Found by running the operation, with its lookups watched.
struct Signature: Hashable {
  private struct Hit: Hashable {
    let table: TableSpec
    let finding: Trace.Probe.Finding
    let isName: Bool
  }

  private struct Leaf: Hashable {
    let answers: [Int]
    let result: UInt8
    let text: Bytes
    let flags: UInt8
    let hits: [Hit]
    let effects: [Effect]
  }

  private var leaves: [Leaf] = []
  /// Told apart whatever the operations say.
  private var mark = 0
  /// Which kind of domain an address has, for each configuration.
  private var classes: [Int] = []

  /// - Parameters:
  ///   - leaves: the ways through a program of this one operation, in the order of their steps.
  ///   - isTextual: replies count as a whole, not only by their codes.
  init(_ leaves: [NodeRunner.Leaf], _ facts: Facts, isTextual: Bool) {
    self.leaves = leaves.map { leaf in
      var result: UInt8 = 0
      var text = Bytes()
      var flags: UInt8 = 0
      var hits: [Hit] = []
      var effects: [Effect] = []
      if let step = leaf.step {
        switch step.result {
        case .dunno: result = 1
        case .permit: result = 2
        case .reject(let reply):
          result = 3
          text = isTextual ? Abstraction.text(reply, facts) : Bytes(reply.prefix(3))
        case .hangUp: result = 4
        case .fatal: result = 5
        case .list: result = 6
        }
        if step.setsDeferIfPermit { flags |= 1 }
        if step.setsDeferIfReject { flags |= 2 }
        for probe in step.probes where probe.finding != .missing {
          hits.append(
            Hit(
              table: probe.table, finding: probe.finding,
              isName: Signature.isName(probe.key, facts)))
        }
        effects = step.effects.filter { if case .log = $0 { false } else { true } }
      }
      return Leaf(
        answers: leaf.answers.map(\.1), result: result, text: text, flags: flags, hits: hits,
        effects: effects)
    }
  }

  /// What the session itself treats differently.
  init(special dimension: Dimension, _ facts: Facts, classes: [Int]) {
    self.classes = classes
    switch dimension {
    case .recipient:
      let recipient = facts.recipient ?? []
      if MailAddress.localPart(of: recipient).equalsIgnoringCase("postmaster".utf8) {
        mark = recipient.contains(0x40) ? 2 : 1
        if MailAddress.isPublicDomain(MailAddress.domain(of: recipient)) { mark |= 4 }
      }
    case .sender: mark = facts.sender?.isEmpty == true ? 1 : 0
    case .login: mark = facts.login == nil ? 0 : 1
    case .name: mark = Int(facts.client.nameStatus.rawValue)
    case .address: mark = facts.client.address?.bitWidth ?? 0
    default: break
    }
  }

  /// A key of the client's name, not of its address.
  private static func isName(_ key: Bytes, _ facts: Facts) -> Bool {
    func ends(_ name: Bytes) -> Bool {
      name.count >= key.count && name.suffix(key.count) == key[...]
    }
    return ends(facts.client.name) || ends(facts.client.reverseName)
  }
}

extension MailAddress {
  /// A domain that mail from elsewhere can be addressed to: neither `localhost` nor a literal.
  static func isPublicDomain(_ domain: ArraySlice<UInt8>) -> Bool {
    domain.contains(0x2E) && domain.first != 0x5B && domain.last != 0x2E
  }
}
