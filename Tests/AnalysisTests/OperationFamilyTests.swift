import Compiler
import PolicySamples
import RestrictionDSL
import TestSupport
import Testing

@testable import Analysis

/// One run that stands for many restrictions must say what each of them would have said.
@Suite struct `Families of operations` {
  @Test func `answer for their members in generated policies`() {
    let seed = SplitMix.propertySeed
    print("seed \(seed)")
    var (compared, excepted) = (0, 0)
    for number in 0..<120 {
      var generator = ConfigurationGenerator(seed: seed &+ UInt64(number))
      let values = generator.next()
      let model = Model(settings: .forTesting(values))
      guard model.startFailure == nil else { continue }
      let oracles = Oracles([model])
      let space = SpaceBuilder.space([model], oracles, observers: Prover.observers)
      let families = OperationFamily.families(of: Array(model.operations), model, oracles).families
      for family in families {
        for dimension in family.dimensions {
          var choice = space.unnamedChoice
          for index in 0..<min(space.count(dimension), 40) {
            choice[dimension] = index
            let facts = space.facts(choice, at: .rcpt)
            let treatment = family.treatment(of: facts, isTextual: true)
            excepted += treatment.exceptions.count
            for (member, operation) in family.members.enumerated()
            where !treatment.exceptions.contains(member) {
              let leaves = OperationRunner(operation, model, oracles).leaves(facts)
              compared += 1
              #expect(
                Signature(leaves, facts, isTextual: true) == treatment.signature,
                "\(operation.mnemonic) for \(facts.client.nameAndAddress.text): \(values)")
            }
          }
        }
      }
    }
    #expect(compared > 1000)
    #expect(excepted > 100)
  }

  /// Addresses of many forms, and the HELO names that are their domains.
  private static let addresses = [
    "u@a.example", "u@b.example", "u@other", "u@[192.0.2.1]", "u@[ipv6:::1]", "u@a.example.",
    "u@-a.example",
    "u@a..example", "u@ours.example", "u@sub.ours.example", "u", "u@", "u@b@ours.example",
    "u%b@ours.example",
    "b.example!u@ours.example", "u@1.2.3.4", "u@\u{FC}.example",
    "u@\(String(repeating: "a", count: 70)).example",
  ].map { Bytes($0) }

  /// Values with one signature in the first way, with one in the second: both must part them alike.
  private func compare(
    _ operation: Operation, _ settings: [String: String], _ senders: [Bytes]
  ) -> (isAlike: Bool, classes: Int) {
    var values = [
      "mydestination": "ours.example", "myhostname": "mx.ours.example", "alias_maps": "",
    ]
    values.merge(settings) { $1 }
    let model = Model(settings: .forTesting(values))
    let oracles = Oracles([model])
    var space = SpaceBuilder.space([model], oracles, observers: [])
    space.senders = senders
    space.recipients = senders
    space.helos = senders.map { Bytes(MailAddress.domain(of: $0)) }
    let runner = OperationRunner(operation, model, oracles)
    var pairs: Set<[Signature]> = []
    for index in senders.indices {
      var choice = space.unnamedChoice
      for dimension in [Dimension.sender, .recipient, .helo] { choice[dimension] = index }
      let facts = space.facts(choice, at: .rcpt)
      let leaves = [runner.tellingLeaves(facts, isTextual: false), runner.leaves(facts)]
      pairs.insert(leaves.map { Signature($0, facts, isTextual: false) })
    }
    let (telling, all) = (Set(pairs.map { $0[0] }), Set(pairs.map { $0[1] }))
    return (pairs.count == telling.count && pairs.count == all.count, all.count)
  }

  @Test(arguments: [
    Operation.rejectUnknownDomain(.sender), .rejectUnknownDomain(.recipient), .rejectUnknownHelo,
  ]) func `tell values apart by one answer of the DNS as by all`(operation: Operation) {
    for settings in [[:], ["unknown_address_tempfail_action": "defer", "soft_bounce": "yes"]] {
      let (isAlike, classes) = compare(operation, settings, Self.addresses)
      #expect(isAlike)
      #expect(classes >= 3)
    }
    // What a reply filter drops depends on the name.
    let filter = "regexp:{ {/^a[.]example[.] 60 IN A / IGNORE} }"
    let (isAlike, classes) = compare(
      operation, ["smtpd_dns_reply_filter": filter],
      ["u@a.example", "u@b.example"].map { Bytes($0) })
    #expect(isAlike)
    #expect(classes == 2)
  }

  /// Every table knows one client, one HELO name, one sender and one recipient: nodes times classes would
  /// be eighty times four hundred.
  @Test func `keep the cost of many tables small`() {
    let tables = 0..<80
    func list(_ check: String, _ entry: (Int) -> String) -> String {
      tables.map { "\(check) inline:{ {\(entry($0))=REJECT} }" }.joined(separator: ", ")
    }
    let settings = Settings.forTesting([
      "mydestination": "ours.example", "mynetworks": "192.0.2.0/24", "alias_maps": "",
      "myhostname": "mx.ours.example", "local_recipient_maps": "static:all",
      "smtpd_client_restrictions": list("check_client_access") { "198.51.100.\($0)" } + ", "
        + list("check_client_access") { "bad\($0).example" },
      "smtpd_helo_restrictions": list("check_helo_access") { "helo\($0).example" },
      "smtpd_sender_restrictions": list("check_sender_access") { "u\($0)@from\($0).example" },
      "smtpd_recipient_restrictions": list("check_recipient_access") { "u\($0)@ours.example" }
        + ", reject_unauth_destination",
    ])
    let prover = Prover(
      AnalysedConfiguration.Service(name: "smtp/inet", settings: settings), .noOpenRelay)
    #expect(prover.run().status == .proved)
    #expect(prover.space.addresses.count > tables.count)
    #expect(prover.space.names.count > tables.count)
    // Two lists of clients, three others: a table parts two or three groups from the rest.
    #expect(prover.explorer.nodes < 5 * tables.count * 12)
  }
}
