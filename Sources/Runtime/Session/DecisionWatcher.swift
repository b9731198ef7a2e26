import Compiler
import RestrictionDSL

/// Whoever is told of every decision, after it was made; it has no say in it.
///
/// The shadow policy of `serve --shadow`. Without one a decision pays one test of a reference.
public protocol DecisionWatcher: AnyObject {
  /// The policy has decided about a command.
  ///
  /// - Parameters:
  ///   - facts: those of the session, which go on to change.
  ///   - memory: what the watcher keeps with the session; `nil` before its first decision.
  func decided(
    _ entry: Entry, _ facts: Facts, _ verdict: Verdict, _ run: PolicyRun,
    memory: inout (any DecisionMemory)?)
}

/// What a watcher keeps with a session.
public protocol DecisionMemory: AnyObject {
  /// The transaction is over: access actions are forgotten.
  func endTransaction()
}

extension Session {
  /// Tells the watcher.
  func tell(_ watcher: any DecisionWatcher, _ entry: Entry, _ verdict: Verdict, _ run: PolicyRun) {
    watcher.decided(entry, facts, verdict, run, memory: &decisionMemory)
  }
}
