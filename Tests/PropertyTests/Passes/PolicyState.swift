import Compiler
import RestrictionDSL

/// The result algebra of facts restrictions.md §2, shared by both interpreters; they differ in who
/// decides what is evaluated next.
struct AlgebraState {
  /// The test that set it first.
  var deferIfPermitReason = ""
  var deferIfPermit = false
  var deferIfReject: String?
  var discard = false
  /// defer_if_permit after the client, helo and sender lists.
  var saved: [Stage: Bool] = [:]
  /// What was logged, in order, with the final verdict.
  var trace: [String] = []
  var asked: [String: Int] = [:]

  /// What became of one test.
  enum Step { case goOn, permit, reject }

  /// Starts the stage; relay and recipient lists are one stage.
  mutating func begin(_ stage: Stage) {
    deferIfReject = nil
    let saved = saved
    let after = { (stages: [Stage]) in stages.contains { saved[$0] ?? false } }
    switch stage {
    case .client, .data, .endOfData: deferIfPermit = false
    case .helo: deferIfPermit = after([.client])
    case .sender, .etrn: deferIfPermit = after([.client, .helo])
    case .relay, .recipient: deferIfPermit = after([.sender])
    }
  }

  mutating func end(_ stage: Stage) { saved[stage] = deferIfPermit }

  var bothDeferrals: Bool { deferIfPermit && deferIfReject != nil }

  /// Applies an answer.
  mutating func apply(_ answer: TestAnswer, of test: String, warns: Bool) -> Step {
    switch answer {
    case .dunno(let line):
      if let line { trace.append("\(test): \(line)") }
      return .goOn
    case .permit:
      if !deferIfPermit { trace.append("permit \(test)") }
      return .permit
    case .discard:
      trace.append("discard \(test)")
      discard = true
      return .permit
    case .reject:
      return reject(test, warns: warns)
    case .misconfigured:
      trace.append("451 \(test)")
      return .reject
    case .deferIfPermit:
      if warns {
        trace.append("warning 450 \(test)")
      } else if !deferIfPermit {
        deferIfPermit = true
        deferIfPermitReason = test
      }
      return .goOn
    case .deferIfReject:
      if deferIfReject == nil { deferIfReject = test }
      return .goOn
    }
  }

  private mutating func reject(_ test: String, warns: Bool) -> Step {
    if warns {
      trace.append("warning 554 \(test)")
      return .goOn
    }
    if let reason = deferIfReject {
      deferIfReject = nil
      trace.append("450 \(reason)")
    } else {
      trace.append("554 \(test)")
    }
    return .reject
  }

  /// Volatile tests may answer differently each time.
  mutating func serial(of test: String) -> Int {
    guard test.hasPrefix("check_policy_service") else { return 0 }
    asked[test, default: 0] += 1
    return asked[test] ?? 0
  }

  mutating func applyDeferIfPermit() -> Step {
    guard deferIfPermit else { return .goOn }
    trace.append("450 \(deferIfPermitReason)")
    return .reject
  }
}
