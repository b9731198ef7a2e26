import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// `no-permanent-reject-on-dns-failure` and `bounded-dns`.
extension Prover {
  func dnsFailure() -> ProofResult {
    var suspects: [Suspect] = []
    var starts: [(Region, [(OracleKey, Int)])] = []
    explorer.visit = { node, leaf, choice in
      // A malformed reply is another matter: it is an answer.
      guard leaf.questions.contains(where: { Oracles.isFailure($0.1.value) }),
        !leaf.questions.contains(where: { $0.1.value == .dns(.malformed) }), leaf.isPermanent
      else { return }
      // Without the failure the node does not refuse with the same answers.
      starts.append((Region(single: choice), leaf.answers))
    }
    let outcomes = explorer.explore(Region(space))
    explorer.visit = nil
    for (region, answers) in starts {
      var region = region
      for (key, index) in answers { region.answers[key] = [index] }
      suspects.append(Suspect(region: region, surprises: []))
    }
    suspects += unknownNames(outcomes)
    return judge(suspects) { played in
      played.exchanges.contains { $0.replies.last?.hasPrefix("5") == true }
    }
  }

  /// Clients whose name lookup failed temporarily, refused for good where a client without a failure is not.
  private func unknownNames(_ outcomes: [Explorer.Outcome]) -> [Suspect] {
    let failing = Set(
      space.names.indices.filter { index in
        switch space.names[index] {
        case .temporary, .unconfirmed: true
        case .verified, .forged, .missing: false
        }
      })
    guard
      let verified = space.names.firstIndex(where: {
        if case .verified = $0 { true } else { false }
      })
    else { return [] }
    var suspects: [Suspect] = []
    for outcome in outcomes {
      guard case .rejected(let reply) = outcome.ending.kind, reply.first == 0x35,
        !outcome.region[.name].contains(verified)
      else { continue }
      var region = outcome.region
      region[.name] = region[.name].filter { failing.contains($0) }
      guard !region[.name].isEmpty, region.surprises.isEmpty else { continue }
      suspects.append(Suspect(region: region, surprises: []))
    }
    return suspects
  }

  func bounded(_ bound: Int) -> ProofResult {
    let outcomes = explorer.explore(Region(space))
    let largest = outcomes.map(\.waits).max() ?? 0
    let suspects = outcomes.filter { $0.waits > bound }.map {
      Suspect(region: $0.region, surprises: [])
    }
    var result = judge(suspects) { played in
      played.waits > bound
    }
    if result.status == .proved {
      result = ProofResult(
        property: property, service: service.name, status: .proved, witness: nil, assumptions: [],
        summary: "at most \(largest) waits; " + result.summary)
    }
    return result
  }
}

extension NodeRunner.Leaf {
  /// The node refuses for good, or promises to.
  fileprivate var isPermanent: Bool {
    switch verdict {
    case .reject(let reply, _): reply.first == 0x35
    case .accept, .hangUp, .fatal: false
    case nil:
      run.position(state).deferIfPermitCode.map { $0 >= 500 } ?? false
    }
  }
}
