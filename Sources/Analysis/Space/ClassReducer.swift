import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// Leaves one value of each class: values that every operation answers alike.
///
/// What an operation answers is found by running it, with its lookups watched.
struct ClassReducer {
  private let models: [Model]
  private let oracles: Oracles
  private let observers: [Operation]
  private let isTextual: Bool

  /// How one operation treats one value.
  private struct Signature: Hashable {
    struct Hit: Hashable {
      let table: TableSpec
      let finding: Trace.Probe.Finding
      let isName: Bool
    }

    struct Leaf: Hashable {
      let answers: [Int]
      let result: UInt16
      let text: Bytes
      let flags: UInt8
      let hits: [Hit]
      let effects: [Effect]
    }

    var leaves: [Leaf] = []
    /// Told apart whatever the operations say.
    var mark = 0
    /// Which kind of domain an address has, for each configuration.
    var classes: [Int] = []

    init() {}

    /// What the session itself treats differently.
    init(special dimension: Dimension, _ facts: Facts) {
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
  }

  /// - Parameter isTextual: replies count as a whole, not only by their codes.
  init(_ models: [Model], _ oracles: Oracles, observers: [Operation], isTextual: Bool) {
    self.isTextual = isTextual
    self.models = models
    self.oracles = oracles
    self.observers = observers
  }

  func reduce(_ space: inout SessionSpace) {
    for dimension in Dimension.allCases where dimension != .count {
      let kept = representatives(dimension, space)
      switch dimension {
      case .address: space.addresses = kept.map { space.addresses[$0] }
      case .name: space.names = kept.map { space.names[$0] }
      case .helo: space.helos = kept.map { space.helos[$0] }
      case .sender: space.senders = kept.map { space.senders[$0] }
      case .recipient: space.recipients = kept.map { space.recipients[$0] }
      case .login: space.logins = kept.map { space.logins[$0] }
      case .channel: space.channels = kept.map { space.channels[$0] }
      case .pipelining: space.pipelining = kept.map { space.pipelining[$0] }
      case .count: break
      }
    }
    let isCounted =
      models.contains { $0.operations.contains(.rejectMultiRecipientBounce) }
      || models.contains { model in
        [Stage.data, .endOfData].contains { !model.settings.list($0.parameterName).isEmpty }
      }
    if !isCounted { space.counts = [false] }
  }

  /// Indices of one value of each class.
  func representatives(_ dimension: Dimension, _ space: SessionSpace) -> [Int] {
    let total = space.count(dimension)
    guard total > 1 else { return Array(0..<total) }
    var probes: [(Model, Operation, Executor)] = []
    for model in models {
      let operations = model.operations.union(observers).filter {
        $0.dimensions.contains(dimension) && !$0.isStructure
      }
      probes += operations.sorted { $0.mnemonic < $1.mnemonic }
        .map { (model, $0, model.probe($0)) }
    }
    var choice = Array(repeating: 0, count: Dimension.allCases.count)
    // The other dimensions at values that no table names: what they would hide must show.
    choice[.name] = space.names.firstIndex(of: .missing) ?? 0
    var seen: Set<[Signature]> = []
    var kept: [Int] = []
    for index in 0..<total {
      choice[dimension] = index
      var signatures: [Signature] = []
      let facts = space.facts(choice, at: .rcpt)
      if dimension == .helo, facts.helo == nil {
        kept.append(index)
        continue
      }
      signatures.reserveCapacity(probes.count + 1)
      for (model, operation, executor) in probes {
        signatures.append(signature(model, operation, executor, facts))
      }
      var special = Signature(special: dimension, facts)
      special.classes = models.map { addressClass(dimension, facts, $0) }
      signatures.append(special)
      if seen.insert(signatures).inserted { kept.append(index) }
    }
    return kept
  }

  /// Class of the domain, and whether the address is ours to look up by its local part alone.
  private func addressClass(_ dimension: Dimension, _ facts: Facts, _ model: Model) -> Int {
    guard dimension == .sender || dimension == .recipient, !model.resolverForgets,
      let address = dimension == .sender ? facts.sender : facts.recipient
    else { return 0 }
    var book = AnswerBook()
    guard let resolved = try? model.context.resolver.resolve(address, book: &book) else {
      return -1
    }
    var result = Int(resolved.addressClass.rawValue)
    if resolved.isRouted { result |= 16 }
    if resolved.hasSyntaxError { result |= 32 }
    if resolved.hasFailed { result |= 64 }
    if resolved.domain.equalsIgnoringCase(model.settings.string("myorigin").utf8) { result |= 128 }
    return result
  }

  private func signature(
    _ model: Model, _ operation: Operation, _ executor: Executor, _ facts: Facts
  ) -> Signature {
    var signature = Signature()
    model.trace.clear()
    for leaf in NodeRunner.leaves(executor, operation, facts, model, oracles) {
      var result: UInt16 = 0
      var text = Bytes()
      var flags: UInt8 = 0
      var hits: [Signature.Hit] = []
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
        hits = step.probes.compactMap { probe in
          guard probe.finding != .missing else { return nil }
          return Signature.Hit(
            table: probe.table, finding: probe.finding,
            isName: ClassReducer.isName(probe.key, facts))
        }
        effects = step.effects.filter { if case .log = $0 { false } else { true } }
      }
      signature.leaves.append(
        Signature.Leaf(
          answers: leaf.answers.map(\.1), result: result, text: text, flags: flags, hits: hits,
          effects: effects))
    }
    return signature
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

extension Operation {
  /// Only the frame of a list: no test of anything.
  var isStructure: Bool {
    switch self {
    case .enter, .leave, .accept, .applyDeferIfPermit: true
    default: false
    }
  }
}
