import Compiler
import RestrictionDSL
import TestSupport
import Testing

/// The traces of one policy and world, and how they ended.
private struct Case {
  let values: [String: String]
  let world: World

  private var settings: Settings {
    Settings(
      entries: values.mapValues {
        Settings.Entry(value: $0, range: SourceRange(file: "main.cf", line: 1, column: 1))
      })
  }

  private var delaysReject: Bool { values["smtpd_delay_reject"] == "yes" }

  /// Three recipients, then DATA and end of data, by the program.
  func compiled(_ passes: PassSelection) -> (trace: [String], steps: Int) {
    let program = PolicyCompiler(settings: settings).compile(passes: passes).program
    var runner = ProgramRunner(program: program, world: world)
    var state = AlgebraState()
    if !delaysReject {
      runner.run(.connect, recipient: 0, &state)
      if world.knowsHelo { runner.run(.helo, recipient: 0, &state) }
      runner.run(.mail, recipient: 0, &state)
    }
    for recipient in 1...3 { runner.run(.rcpt, recipient: recipient, &state) }
    runner.run(.etrn, recipient: 0, &state)
    runner.run(.data, recipient: 0, &state)
    runner.run(.endOfData, recipient: 0, &state)
    return (state.trace, runner.steps)
  }

  /// The same by the reference.
  func reference() -> [String] {
    let source = PolicySource(settings: settings)
    let interpreter = ReferenceInterpreter(
      lists: source.lists, classes: source.classes.mapValues(\.list),
      delaysReject: delaysReject,
      relayFirst: values["smtpd_relay_before_recipient_restrictions"] == "yes", world: world)
    var state = AlgebraState()
    if !delaysReject {
      interpreter.stage(.client, appliesDeferral: false, &state)
      if world.knowsHelo { interpreter.stage(.helo, appliesDeferral: false, &state) }
      interpreter.stage(.sender, appliesDeferral: false, &state)
    }
    for recipient in 1...3 { interpreter.rcpt(recipient, &state) }
    interpreter.etrn(&state)
    interpreter.stage(.data, appliesDeferral: true, &state)
    interpreter.stage(.endOfData, appliesDeferral: true, &state)
    return state.trace
  }
}

@Suite struct `Optimised programs` {
  // Expected value: the direct interpreter, written from facts restrictions.md §1 and §2.
  @Test func `log and decide what the lists say when read one by one`() {
    let seed = SplitMix.propertySeed
    var generator = PolicyGenerator(seed: seed)
    var ends: [String: Int] = [:]
    var (plainSteps, optimisedSteps) = (0, 0)
    for number in 0..<800 {
      let values = generator.policy()
      let policy = Case(values: values, world: generator.world(for: values))
      let expected = policy.reference()
      let plain = policy.compiled(.none)
      let optimised = policy.compiled(.all)
      plainSteps += plain.steps
      optimisedSteps += optimised.steps
      for line in expected {
        ends[line.prefix { $0 != " " }.description, default: 0] += 1
      }
      if plain.trace != expected || optimised.trace != expected {
        #expect(plain.trace == expected, "seed \(seed), case \(number): \(values)")
        #expect(optimised.trace == expected, "seed \(seed), case \(number): \(values)")
        return
      }
    }
    print(
      "seed \(seed): \(ends.sorted { $0.key < $1.key }); steps \(plainSteps) -> \(optimisedSteps)")
    // permit lines, accepted commands, rejects, deferrals and warnings all occurred.
    for end in ["permit", "accept", "554", "450", "451", "warning", "ignored", "discard"] {
      #expect(ends[end, default: 0] > 5, "seed \(seed): \(end)")
    }
    #expect(optimisedSteps < plainSteps)
  }
}
