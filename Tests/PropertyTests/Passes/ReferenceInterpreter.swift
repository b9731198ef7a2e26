import Compiler
import RestrictionDSL

/// Evaluates restriction lists as they are written, the way the manual describes it: list by list,
/// element by element, classes by recursion.
///
/// Knows nothing of graphs and programs.
struct ReferenceInterpreter {
  let lists: [Stage: RestrictionList]
  let classes: [String: RestrictionList]
  let delaysReject: Bool
  let relayFirst: Bool
  let world: World

  private enum Status { case dunno, permit, reject }

  /// The recipient decision of one RCPT.
  func rcpt(_ recipient: Int, _ state: inout AlgebraState) {
    if delaysReject {
      for stage in [Stage.client, .helo, .sender] where stage != .helo || world.knowsHelo {
        state.begin(stage)
        if evaluate(stage, recipient, &state) == .reject { return }
        state.end(stage)
      }
    }
    let order: [Stage] = relayFirst ? [.relay, .recipient] : [.recipient, .relay]
    state.begin(order[0])
    for stage in order where evaluate(stage, recipient, &state) == .reject { return }
    if state.applyDeferIfPermit() == .reject { return }
    state.trace.append("accept")
  }

  /// ETRN: client and helo lists first where they wait.
  func etrn(_ state: inout AlgebraState) {
    if delaysReject {
      for stage in [Stage.client, .helo] where stage != .helo || world.knowsHelo {
        state.begin(stage)
        if evaluate(stage, 0, &state) == .reject { return }
        state.end(stage)
      }
    }
    stage(.etrn, appliesDeferral: true, &state)
  }

  /// One list outside RCPT, with the pending deferral at its end where the stage has it.
  func stage(_ stage: Stage, appliesDeferral: Bool, _ state: inout AlgebraState) {
    state.begin(stage)
    if evaluate(stage, 0, &state) == .reject { return }
    state.end(stage)
    if appliesDeferral, state.applyDeferIfPermit() == .reject { return }
    state.trace.append("accept")
  }

  private func evaluate(_ stage: Stage, _ recipient: Int, _ state: inout AlgebraState) -> Status {
    let list = lists[stage] ?? RestrictionList(restrictions: [], elements: [])
    return evaluate(list, stage, warns: false, recipient, &state)
  }

  private func evaluate(
    _ list: RestrictionList, _ stage: Stage, warns: Bool, _ recipient: Int,
    _ state: inout AlgebraState
  ) -> Status {
    for restriction in list.restrictions {
      if state.discard { return .dunno }
      let status = evaluate(restriction, stage, warns: warns, recipient, &state)
      if status != .dunno { return status }
      if state.bothDeferrals { return .dunno }
    }
    return .dunno
  }

  private func evaluate(
    _ restriction: Restriction, _ stage: Stage, warns outer: Bool, _ recipient: Int,
    _ state: inout AlgebraState
  ) -> Status {
    let warns = outer || restriction.warns
    let text = restriction.element.text
    switch restriction.kind {
    case .class:
      let list = classes[text] ?? RestrictionList(restrictions: [], elements: [])
      return evaluate(list, stage, warns: warns, recipient, &state)
    case .unknown:
      return ask("misconfigured unknownRestriction(\"\(text)\")", warns: warns, recipient, &state)
    case .bareTable:
      guard let name = stage.defaultTableRestriction else {
        return ask("misconfigured bareTable(\"\(text)\")", warns: warns, recipient, &state)
      }
      return ask("\(name) \(text)", warns: warns, recipient, &state)
    case .builtin(let name, let argument):
      var test = name.rawValue
      if let argument { test += " " + argument.text }
      let status = ask(test, warns: warns, recipient, &state)
      // Facts restrictions.md §3: what follows permit, reject, defer is reported when it is
      // reached.
      let decides: [RestrictionName] = [.permit, .reject, .defer]
      if status != .dunno, decides.contains(name), let follower = restriction.follower {
        state.trace.append("ignored \(follower)")
      }
      return status
    }
  }

  private func ask(
    _ test: String, warns: Bool, _ recipient: Int, _ state: inout AlgebraState
  ) -> Status {
    let serial = state.serial(of: test)
    switch state.apply(
      world.answer(to: test, recipient: recipient, serial: serial), of: test, warns: warns)
    {
    case .goOn: return .dunno
    case .permit: return .permit
    case .reject: return .reject
    }
  }
}
