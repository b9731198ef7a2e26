import Compiler
import RestrictionDSL
import Testing

@Suite struct `ProgramVerifier checks` {
  private func program() -> DecisionProgram {
    PolicyCompiler(settings: settings(["smtpd_client_restrictions": "permit_mynetworks"])).compile()
      .program
  }

  private func problems(_ change: (inout DecisionProgram) -> Void) -> [String] {
    var copy = program()
    change(&copy)
    return ProgramVerifier.problems(in: copy)
  }

  @Test func `that edges, slots, operations and entries are in range and go forward`() {
    #expect(problems { _ in } == [])
    #expect(
      problems { $0.nodes[1].next = 99 } == ["node 1: edge to 99 of \(program().nodes.count)"])
    #expect(problems { $0.nodes[1].next = 1 } == ["node 1: edge to 1 does not go forward"])
    #expect(problems { $0.nodes[1].onPermit = 0 } == ["node 1: edge to 0 does not go forward"])
    #expect(problems { $0.nodes[1].slot = 7 } == ["node 1: slot 7 of 1"])
    #expect(
      problems { $0.nodes[1].flags.insert(.volatile) } == ["node 1: a volatile answer is kept"])
    #expect(
      problems { $0.nodes[1].operation = 99 } == [
        "node 1: operation 99 of \(program().operations.count)"
      ])
    #expect(
      problems { $0.nodes[1].source = 99 } == ["node 1: source 99 of \(program().sources.count)"])
    #expect(
      problems { $0.entries[3] = 99 } == ["entry 3 starts at 99 of \(program().nodes.count)"])
  }
}
