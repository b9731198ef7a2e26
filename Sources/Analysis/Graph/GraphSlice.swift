import Compiler
import RestrictionDSL
import Runtime

/// What is left of a decision graph when something about the session is known.
public struct GraphSlice {
  /// A fact that is known: `client=ADDRESS`, `helo=NAME`, `sender=ADDRESS`, `recipient=ADDRESS`.
  public enum Known: Hashable, Sendable {
    case client(IPAddress)
    case helo(Bytes)
    case sender(Bytes)
    case recipient(Bytes)

    /// - Parameter text: `NAME=VALUE`; an address of a mail may be `<>`, a domain alone is none.
    public init?(_ text: String) {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map(String.init)
      guard parts.count == 2 else { return nil }
      let value = parts[1] == "<>" ? "" : parts[1]
      switch parts[0] {
      case "client":
        guard let address = IPAddress(value) else { return nil }
        self = .client(address.unmapped)
      case "helo": self = .helo(Bytes(value))
      case "sender": self = .sender(Bytes(value))
      case "recipient", "rcpt": self = .recipient(Bytes(value))
      default: return nil
      }
    }

    fileprivate var dimension: Dimension {
      switch self {
      case .client: .address
      case .helo: .helo
      case .sender: .sender
      case .recipient: .recipient
      }
    }
  }

  private let model: Model
  private let oracles: Oracles
  private let choice: [Int]
  private let space: SessionSpace
  private let known: Set<Dimension>

  /// - Parameter facts: the client's name is unknown where the client is known.
  public init(settings: Settings, knowing facts: [Known]) {
    model = Model(settings: settings)
    oracles = Oracles([model])
    var space = SessionSpace()
    space.addresses = [.v4(0)]
    space.names = [.missing]
    space.helos = [Bytes("unknown.example")]
    space.senders = [Bytes("unknown@unknown.example")]
    space.recipients = [Bytes("unknown@unknown.example")]
    var known = Set(facts.map(\.dimension))
    for fact in facts {
      switch fact {
      case .client(let address):
        space.addresses = [address]
        known.insert(.name)
      case .helo(let name): space.helos = [name]
      case .sender(let address): space.senders = [address]
      case .recipient(let address): space.recipients = [address]
      }
    }
    self.space = space
    self.known = known
    choice = Array(repeating: 0, count: Dimension.allCases.count)
  }

  /// Takes out the nodes whose answer is known: those that say dunno go, those that decide lose the
  /// edges that are not taken.
  public func apply(to graph: DecisionGraph) -> DecisionGraph {
    var graph = graph
    for index in graph.indices {
      guard let node = graph.nodes[index], let operation = node.operation, node.leave != nil,
        !operation.isStructure, !node.warns, let answer = answer(operation)
      else { continue }
      switch answer {
      case .dunno: bypass(index, in: &graph)
      case .permit:
        graph.nodes[index]?.next = nil
      case .reject, .hangUp, .fatal:
        graph.nodes[index]?.next = nil
        graph.nodes[index]?.leave = nil
      case .list: continue
      }
    }
    return graph
  }

  /// What a node says whatever is not known; `nil` where that matters.
  private func answer(_ operation: Operation) -> Trace.Result? {
    guard !operation.dimensions.isEmpty, Set(operation.dimensions).isSubset(of: known) else {
      return nil
    }
    let facts = space.facts(choice, at: .rcpt)
    let leaves = OperationRunner(operation, model, oracles).leaves(facts)
    guard leaves.count == 1, let step = leaves[0].step, !step.setsDeferIfPermit,
      !step.setsDeferIfReject
    else { return nil }
    let isSilent = step.effects.allSatisfy { effect in
      if case .log = effect { step.result != .dunno } else { false }
    }
    return isSilent ? step.result : nil
  }

  private func bypass(_ index: Int, in graph: inout DecisionGraph) {
    guard let target = graph.nodes[index]?.next else { return }
    for other in graph.indices where graph.nodes[other]?.next == index {
      graph.nodes[other]?.next = target
    }
    for entry in graph.entries.indices where graph.entries[entry] == index {
      graph.entries[entry] = target
    }
    graph.nodes[index] = nil
  }
}
