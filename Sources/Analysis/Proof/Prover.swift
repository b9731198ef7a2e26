import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// Proves or refutes a property of one service.
public final class Prover {
  let service: AnalysedConfiguration.Service
  let property: Property
  let model: Model
  let space: SessionSpace
  let oracles: Oracles
  let explorer: Explorer
  lazy var rehearsal = Rehearsal(settings: service.settings)

  public init(_ service: AnalysedConfiguration.Service, _ property: Property) {
    self.service = service
    self.property = property
    model = Model(settings: service.settings)
    var many = 0
    if case .boundedDNS(let bound) = property { many = min(bound, 100) + 2 }
    oracles = Oracles([model], manyHosts: many)
    space = SpaceBuilder.space([model], oracles, observers: Prover.observers)
    explorer = Explorer(model, space, oracles, countsWaits: many > 0)
  }

  /// What tells trusted from untrusted, ours from foreign, listed from unlisted.
  static let observers: [Operation] = [
    .permitMynetworks, .permitInetInterfaces, .rejectUnauthDestination, .rejectUnlisted(.recipient),
    .permitTLSClientCerts,
  ]

  public func run() -> ProofResult {
    if let line = model.startFailure {
      return result(
        .undecided, nil, ["the server does not start: \(line)"], "no session to look at")
    }
    switch property {
    case .noOpenRelay:
      return decide {
        self.relays($0)
      } isBroken: {
        self.isAcceptedForeign($0)
      }
    case .noBackscatter:
      return decide {
        self.scatters($0)
      } isBroken: {
        $0.rcpt?.isAccepted == true
      }
    case .postmasterReachable: return postmaster()
    case .noPermanentRejectOnDNSFailure: return dnsFailure()
    case .boundedDNS(let bound): return bounded(bound)
    }
  }

  lazy var observers = Dictionary(
    uniqueKeysWithValues: Prover.observers.map { ($0, OperationRunner($0, model, oracles)) })
  var observed: [Observation: Bool] = [:]

  // MARK: Deciding

  /// A bad set of sessions, and who of it is bad.
  struct Suspect {
    let region: Region
    let surprises: [(OracleKey, Int)]
  }

  /// - Parameters:
  ///   - bad: the part of an ending that breaks the property; `nil` for none.
  ///   - isBroken: whether a session that was played does.
  private func decide(
    _ bad: (Explorer.Outcome) -> [Region], isBroken: (Played) -> Bool
  ) -> ProofResult {
    let outcomes = explorer.explore(Region(space))
    return judge(
      outcomes.flatMap(bad).map { Suspect(region: $0, surprises: $0.surprises) }, isBroken: isBroken
    )
  }

  func judge(_ suspects: [Suspect], isBroken: (Played) -> Bool) -> ProofResult {
    guard !suspects.isEmpty else { return good() }
    let ordered = suspects.sorted {
      ($0.surprises.count, $0.region.first.description) < (
        $1.surprises.count, $1.region.first.description
      )
    }
    for suspect in ordered where suspect.surprises.isEmpty {
      if let witness = witness(in: suspect.region, isBroken: isBroken) {
        return result(.refuted, witness, [], "a session breaks it")
      }
    }
    var assumptions: [String] = []
    for suspect in ordered where !suspect.surprises.isEmpty {
      let text = suspect.surprises.map { "\($0.0.text): \(label($0))" }.joined(separator: ", and ")
      let statement = "not at once " + text
      if suspect.surprises.count == 1 {
        let single = "never " + text
        if !assumptions.contains(single) { assumptions.append(single) }
      } else if !assumptions.contains(statement) {
        assumptions.append(statement)
      }
    }
    if ordered.contains(where: \.surprises.isEmpty) {
      assumptions.append("the sessions that seem to break it cannot be played")
    }
    return result(
      .undecided, nil, Array(assumptions.prefix(12)) + space.gaps,
      "depends on what only others know")
  }

  private func label(_ surprise: (OracleKey, Int)) -> String {
    labels[surprise.0]?[safe: surprise.1] ?? "answer \(surprise.1)"
  }

  private lazy var labels: [OracleKey: [String]] = oracles.labels

  func good() -> ProofResult {
    if explorer.gaveUp {
      return result(.undecided, nil, ["too many ways through the policy"], "gave up")
    }
    guard space.gaps.isEmpty else {
      return result(.undecided, nil, space.gaps, "no session found that breaks it")
    }
    return result(.proved, nil, [], "no session breaks it")
  }

  private func result(
    _ status: ProofResult.Status, _ witness: Witness?, _ assumptions: [String], _ summary: String
  ) -> ProofResult {
    let sizes =
      "\(explorer.nodes) node visits, "
      + [Dimension.address, .name, .helo, .sender, .recipient]
      .map { "\(space.count($0)) \($0) classes" }.joined(separator: ", ")
    return ProofResult(
      property: property, service: service.name, status: status, witness: witness,
      assumptions: assumptions, summary: "\(summary) (\(sizes))")
  }
}

extension Region {
  /// One session.
  init(single choice: [Int]) {
    classes = choice.map { [$0] }
  }
}

extension Array {
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
