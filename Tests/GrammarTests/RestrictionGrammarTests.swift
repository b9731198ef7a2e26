import RestrictionDSL
import TestSupport
import Testing

@Suite struct `Grammar of restrictions` {
  @Test(arguments: [
    ("without-argument", [RestrictionCatalog.Argument.none]), ("with-domain", [.domain]),
    ("with-service", [.policyService]), ("with-number", [.number]),
  ])
  func `names what the catalogue names`(rule: String, arguments: [RestrictionCatalog.Argument])
    throws
  {
    let catalogue = RestrictionCatalog.all.filter {
      arguments.contains($0.argument) && $0.name != .rejectSenderLoginMismatch
    }
    #expect(try Grammar("restrictions").names(rule) == Set(catalogue.map(\.spelling)))
  }

  @Test func `names the table checks of the catalogue`() throws {
    let grammar = try Grammar("restrictions")
    let names = try grammar.names("with-table").union(grammar.names("with-certificate-table"))
    #expect(
      names == Set(RestrictionCatalog.all.filter { $0.argument == .table }.map(\.spelling)))
    #expect(try grammar.names("search-type") == Set(TableReference.searchTypes))
  }

  @Test func `names the options of policy services`() throws {
    let grammar = try Grammar("restrictions")
    let names = try ["time-option", "number-option", "text-option"].reduce(into: Set<String>()) {
      $0.formUnion(try grammar.names($1))
    }
    #expect(names == Set(PolicyService.optionNames))
  }

  @Test func `makes lists that are understood completely`() throws {
    let seed = SplitMix.propertySeed
    var generator = SentenceGenerator(try Grammar("restrictions"), seed: seed)
    let parser = RestrictionParser(classes: ["strict"])
    var seen: Set<RestrictionName> = []
    let wanted = RestrictionName.allCases.count - 1
    var sentences = 0
    // At least so many, and until every name has come up; 20 000 sentences leave none out.
    while sentences < 1500 || seen.count < wanted && sentences < 20_000 {
      sentences += 1
      let text = try generator.sentence("list")
      for restriction in parser.parse(text).restrictions {
        #expect(restriction.kind != .unknown, "seed \(seed): \(text)")
        guard case .builtin(let name, let argument) = restriction.kind else { continue }
        seen.insert(name)
        let takes = RestrictionCatalog.entry(of: name).argument
        #expect((argument != nil) == (takes != .none), "seed \(seed): \(text)")
        if takes == .policyService {
          #expect(throws: Never.self, "seed \(seed): \(text)") {
            try PolicyService(argument?.text ?? "")
          }
        }
        if takes == .table, case .malformed? = TableReference(argument?.text ?? "") {
          Issue.record("seed \(seed): \(text)")
        }
      }
    }
    let missing = Set(RestrictionName.allCases).subtracting(seen)
    #expect(missing == [.warnIfReject], "seed \(seed)")
  }
}

@Suite struct `Grammar of access results` {
  @Test func `names the actions of the parser`() throws {
    let grammar = try Grammar("access")
    let rules = ["plain", "reply", "deferral", "text-action", "addressed", "prepend", "permit"]
    let names = try rules.reduce(into: Set<String>()) { $0.formUnion(try grammar.names($1)) }
    let words = names.filter { $0.allSatisfy { $0.isLetter || $0 == "_" } }
    #expect(
      words == Set(AccessAction.Keyword.allCases.map(\.rawValue) + AccessAction.permitWords))
  }

  @Test(arguments: [
    "plain", "reply", "deferral", "text-action", "addressed", "prepend", "number", "code", "permit",
    "restrictions",
  ])
  func `makes results of the kind that its rule names`(rule: String) throws {
    let seed = SplitMix.propertySeed
    var generator = SentenceGenerator(try Grammar("access"), seed: seed)
    for _ in 0..<300 {
      let text = try generator.sentence(rule)
      let action = AccessAction.parse(Bytes(text))
      #expect(kind(of: action) == rule, "seed \(seed): \(text)")
      #expect(action.malformation == nil, "seed \(seed): \(text)")
    }
  }

  private func kind(of action: AccessAction) -> String {
    switch action {
    case .dunno: "plain"
    case .reject, .defer: "reply"
    case .deferIfPermit, .deferIfReject: "deferral"
    case .hangUp, .info, .warn, .hold, .discard: "text-action"
    case .filter, .redirect, .bcc: "addressed"
    case .prepend: "prepend"
    case .ok(let name): name.allSatisfy(\.isASCIIDigit) ? "number" : "permit"
    case .code: "code"
    case .restrictions: "restrictions"
    case .lookupTable: "lookup table"
    case .separators: "separators"
    }
  }
}
