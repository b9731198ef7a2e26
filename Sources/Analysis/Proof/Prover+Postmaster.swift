import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// `postmaster-reachable`.
extension Prover {
  /// Clients, names and senders that no table names, and answers that speak against nobody.
  func postmaster() -> ProofResult {
    var region = Region(space)
    region[.address] = region[.address].filter { index in
      var choice = region.first
      choice[.address] = index
      return !always(.permitMynetworks, choice, is: { $0 == .permit })
    }
    region[.name] = [space.names.firstIndex { if case .verified = $0 { true } else { false } } ?? 0]
    region[.helo] = [space.helos.firstIndex { $0 != nil } ?? 0]
    region[.sender] = region[.sender].filter {
      space.senders[$0].isEmpty || space.senders[$0].starts(with: Bytes("someone@host."))
    }
    region[.login] = [0]
    region[.channel] = [0]
    region[.pipelining] = [0]
    region[.count] = [0]
    region[.recipient] = region[.recipient].filter { index in
      var choice = region.first
      choice[.recipient] = index
      let recipient = space.recipients[index]
      guard MailAddress.localPart(of: recipient).equalsIgnoringCase("postmaster".utf8),
        MailAddress.isPublicDomain(MailAddress.domain(of: recipient))
      else { return false }
      return !isForeign(choice)
    }
    guard !region[.recipient].isEmpty, !region[.sender].isEmpty, !region[.address].isEmpty else {
      return good()
    }
    region[.address] = [unlistedClient(region)]
    let outcomes = explorer.explore(region)
    let suspects = outcomes.filter { !$0.ending.isAccepted }.map {
      Suspect(region: $0.region, surprises: $0.region.surprises)
    }
    // A client that is listed, a sender whose domain does not exist: those may be refused.
    let harmless = suspects.filter { suspect in
      suspect.surprises.isEmpty || suspect.surprises.contains { !$0.0.isAboutDNS }
    }
    return judge(harmless) { played in
      played.exchanges.contains { !$0.isAccepted && $0.command != "CONNECT" } || played.rcpt == nil
    }
  }

  /// An address that no table has a word about.
  private func unlistedClient(_ region: Region) -> Int {
    let operations = model.operations.filter { $0.dimensions.contains(.address) }
    let runners = operations.map { OperationRunner($0, model, oracles) }
    var choice = region.first
    let unnamed = region[.address].first { index in
      choice[.address] = index
      let facts = space.facts(choice, at: .rcpt)
      return runners.allSatisfy { runner in
        runner.leaves(facts).allSatisfy { leaf in
          leaf.step?.result == .dunno
            && leaf.step?.probes.allSatisfy { $0.finding == .missing } == true
        }
      }
    }
    return unnamed ?? region[.address][0]
  }
}

extension OracleKey {
  fileprivate var isAboutDNS: Bool {
    !text.hasPrefix("policy service") && !text.contains("reject_unverified")
      && !text.contains(" for ")
  }
}
