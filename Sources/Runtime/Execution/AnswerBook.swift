import LookupTables
import RestrictionDSL

/// The answers that one command has received so far, and the log lines of the step being run.
///
/// Emptied when the command is finished; caches that live longer stand behind the services.
public struct AnswerBook {
  private(set) var answers: [Question: Answer] = [:]

  /// Log lines of the step being run, each with its severity prefix.
  ///
  /// The executor drops them when the step is suspended, and logs them when it is finished.
  public var log: [String] = []

  /// What watches the run; `nil` in the daemon.
  var trace: Trace?

  public init() {}

  /// Files an answer; the lines it brought are logged when it is first used.
  public mutating func file(_ answer: Answer, to question: Question) {
    answers[question] = answer
  }

  /// The answer, or the suspension that asks for it.
  public mutating func answer(to question: Question) throws(Suspension) -> Answer.Value {
    guard let answer = answers[question] else { throw .ask(question) }
    log.append(contentsOf: answer.log)
    trace?.note(question, answer.value)
    return answer.value
  }

  /// Whether the answer is here already.
  public func holds(_ question: Question) -> Bool { answers[question] != nil }

  /// Looks a key up: local tables at once, remote ones through a question.
  ///
  /// - Throws: ``Suspension/failed(_:)`` where the table cannot be asked. Its messages were not logged.
  /// - Parameter isFolded: see ``OpenTable/value(for:isFolded:)``
  /// - Complexity: one probe; no allocation for a local table without entry.
  public mutating func value(
    of table: OpenTable, for key: Span<UInt8>, isFolded: Bool = false
  ) throws(Suspension) -> Bytes? {
    if !table.isRemote {
      do {
        let value = try table.value(for: key, isFolded: isFolded)
        trace?.note(table.spec, key, value)
        return value
      } catch {
        trace?.note(table.spec, key, failure: error)
        throw .failed(error)
      }
    }
    var copy = Bytes()
    copy.reserveCapacity(key.count)
    for index in key.indices { copy.append(key[index]) }
    guard case .table(let result) = try answer(to: .table(table.spec, key: copy)) else {
      return nil
    }
    switch result {
    case .success(let value):
      trace?.note(table.spec, key, value)
      return value
    case .failure(let error):
      trace?.note(table.spec, key, failure: error)
      throw .failed(error)
    }
  }

  /// There are answers or lines.
  var holdsMemory: Bool { !answers.isEmpty || !log.isEmpty }

  /// Forgets everything, keeping nothing allocated.
  public mutating func clear() {
    if !answers.isEmpty { answers = [:] }
    if !log.isEmpty { log = [] }
  }
}
