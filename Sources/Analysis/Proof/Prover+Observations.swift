import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// Who is trusted and what is ours, as the policy's own restrictions answer.
extension Prover {
  struct Observation: Hashable {
    let operation: Operation
    let values: [Int]
  }

  /// Whether an observer decides for every answer that others may give.
  func always(_ operation: Operation, _ choice: [Int], is wanted: (Trace.Result) -> Bool)
    -> Bool
  {
    guard let runner = observers[operation] else { return false }
    let key = Observation(operation: operation, values: operation.dimensions.map { choice[$0] })
    if let known = observed[key] { return known }
    let answer = runner.always(space.facts(choice, at: .rcpt), wanted)
    observed[key] = answer
    return answer
  }

  /// mynetworks, our own addresses, a login, a listed certificate.
  func isTrusted(_ choice: [Int]) -> Bool {
    if space.logins[choice[.login]] != nil { return true }
    if always(.permitMynetworks, choice, is: { $0 == .permit }) { return true }
    if always(.permitInetInterfaces, choice, is: { $0 == .permit }) { return true }
    return space.channels[choice[.channel]].certificate != nil
      && always(.permitTLSClientCerts, choice, is: { $0 == .permit })
  }

  func isForeign(_ choice: [Int]) -> Bool {
    guard !explorer.isAlwaysAccepted(space.recipients[choice[.recipient]]) else { return false }
    return !always(.rejectUnauthDestination, choice, is: { $0 == .dunno })
  }

  /// The part of a region whose client nothing makes trusted.
  func untrusted(_ region: Region) -> [Region] {
    var region = region
    region[.login] = region[.login].filter { space.logins[$0] == nil }
    region[.channel] = region[.channel].filter { index in
      var choice = region.first
      choice[.channel] = index
      return space.channels[index].certificate == nil
        || !always(.permitTLSClientCerts, choice, is: { $0 == .permit })
    }
    guard !region[.login].isEmpty, !region[.channel].isEmpty else { return [] }
    var groups: [[Int]: [Int]] = [:]
    for names in explorer.groups.groups(of: region[.name], for: .permitMynetworks, by: .name) {
      var choice = region.first
      choice[.name] = names[0]
      let addresses = region[.address].filter { address in
        choice[.address] = address
        return !isTrusted(choice)
      }
      if !addresses.isEmpty { groups[addresses, default: []] += names }
    }
    return groups.sorted { $0.value.lexicographicallyPrecedes($1.value) }.map { addresses, names in
      var part = region
      part[.address] = addresses
      part[.name] = names.sorted()
      return part
    }
  }
}
