import Analysis
import Foundation
import PolicySamples
import TestSupport

// usage: analysis-attack prove|diff SEED FIRST COUNT SESSIONS [DIRECTORY]
//
// Attacks proofs, or comparisons, of COUNT generated policies of a seed, from number FIRST on, with
// SESSIONS sessions each. The witnesses of refuted policies are written to DIRECTORY as scenarios.

let words = Array(CommandLine.arguments.dropFirst())
guard words.count >= 5, let seed = UInt64(words[1]), let first = Int(words[2]),
  let count = Int(words[3]), let sessions = Int(words[4])
else {
  print("usage: analysis-attack prove|diff SEED FIRST COUNT SESSIONS [DIRECTORY]")
  exit(64)
}
var failures: [String] = []
switch words[0] {
case "prove":
  var attack = ProofAttack()
  if words.count > 5 {
    attack.refuted = { number, values, witness in
      let name = "witness-\(seed)-\(number)"
      let scenario = WitnessScenario(name: name, values: values, witness: witness)
      try scenario.text.write(
        toFile: "\(words[5])/\(name).scn", atomically: true, encoding: .utf8)
    }
  }
  for number in first..<first + count {
    try attack.run(seed: seed, number: number, random: sessions / 2, guided: sessions / 2)
  }
  failures = attack.failures
  let told = attack.counts.map { "\($0.key.rawValue) \($0.value)" }.sorted()
  print(
    "prove no-open-relay: \(told.joined(separator: ", ")); "
      + "\(attack.played) sessions played against proofs, \(failures.count) counterexamples")
case "diff":
  var attack = DifferenceAttack()
  for number in first..<first + count {
    attack.run(seed: seed, number: number, sessions: sessions)
  }
  failures = attack.failures
  print(
    "diff: \(attack.pairs) pairs, \(attack.equal) equal, \(attack.undecided) not proved; "
      + "of \(attack.reorderings) reorderings \(attack.equalReorderings) equal; "
      + "\(attack.played) sessions, \(attack.different) ended differently, "
      + "\(attack.remarked) of them as remarked only, \(failures.count) not announced")
default:
  print("no attack '\(words[0])'")
  exit(64)
}
for failure in failures { print(failure) }
exit(failures.isEmpty ? 0 : 1)
