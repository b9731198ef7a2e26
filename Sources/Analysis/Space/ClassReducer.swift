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

  /// What tells values apart: signatures, each with a number for whose it is.
  private struct Mark: Hashable {
    let owner: Int
    let signature: Signature
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
    let judges = models.map { Judge($0, oracles, observers, dimension) }
    var choice = space.unnamedChoice
    var seen: Set<[Mark]> = []
    var kept: [Int] = []
    for index in 0..<total {
      choice[dimension] = index
      let facts = space.facts(choice, at: .rcpt)
      if dimension == .helo, facts.helo == nil {
        kept.append(index)
        continue
      }
      let classes = models.map { addressClass(dimension, facts, $0) }
      var marks = [
        Mark(owner: -1, signature: Signature(special: dimension, facts, classes: classes))
      ]
      for judge in judges { judge.judge(facts, isTextual: isTextual, &marks) }
      if seen.insert(marks).inserted { kept.append(index) }
    }
    return kept
  }

  /// The operations of a model that depend on one dimension.
  private struct Judge {
    private let families: [OperationFamily]
    private let members: [[OperationRunner]]
    private let others: [OperationRunner]

    init(_ model: Model, _ oracles: Oracles, _ observers: [Operation], _ dimension: Dimension) {
      let operations = model.operations.union(observers).filter {
        $0.dimensions.contains(dimension) && !$0.isStructure
      }
      let (families, others) = OperationFamily.families(
        of: operations.sorted { $0.mnemonic < $1.mnemonic }, model, oracles)
      self.families = families
      members = families.map { $0.members.map { OperationRunner($0, model, oracles) } }
      self.others = others.map { OperationRunner($0, model, oracles) }
    }

    func judge(_ facts: Facts, isTextual: Bool, _ marks: inout [Mark]) {
      var owner = 0
      func signature(_ runner: OperationRunner) -> Signature {
        Signature(
          runner.tellingLeaves(facts, isTextual: isTextual), facts, isTextual: isTextual)
      }
      for runner in others {
        marks.append(Mark(owner: owner, signature: signature(runner)))
        owner += 1
      }
      for (family, members) in zip(families, members) {
        let treatment = family.treatment(of: facts, isTextual: isTextual)
        marks.append(Mark(owner: owner, signature: treatment.signature))
        for member in treatment.exceptions.sorted() {
          let own = signature(members[member])
          if own != treatment.signature {
            marks.append(Mark(owner: owner + 1 + member, signature: own))
          }
        }
        owner += 1 + members.count
      }
    }
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
