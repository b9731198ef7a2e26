import RestrictionDSL

/// What lint knows of the rows of one table: a summary whose size does not depend on their number.
public struct TableContent: Sendable {
  /// One row.
  public struct Row: Hashable, Sendable {
    /// 1-based; `nil` where the rows have no lines.
    public let line: Int?
    public let key: String
  }

  /// Rows whose right-hand sides do the same.
  public struct Answer: Hashable, Sendable {
    public let action: AccessAction
    public fileprivate(set) var count: Int
    /// The first three.
    public fileprivate(set) var rows: [Row]
  }

  /// Something wrong with one row, or with several.
  public struct Problem: Hashable, Sendable {
    /// Id of the rule.
    public let id: String
    public let severity: Diagnostic.Severity
    public let message: String
    public let line: Int?
    public let help: String?

    public init(
      _ severity: Diagnostic.Severity, _ id: String, _ message: String, line: Int?,
      help: String? = nil
    ) {
      self.severity = severity
      self.id = id
      self.message = message
      self.line = line
      self.help = help
    }
  }

  public let table: TableSpec
  /// The file with the rows; `nil` where they stand in the configuration itself, or in an index only.
  public let file: String?
  public internal(set) var rowCount = 0
  /// In the order of their first rows; empty unless values are actions.
  public internal(set) var answers: [Answer] = []
  /// Some row answers every key.
  public internal(set) var matchesEveryKey = false
  /// Some row has every address of a family.
  public internal(set) var matchesEveryAddress = false
  /// Right-hand sides that depend on the key, so that ``answers`` is not all.
  public internal(set) var hasUnknownAnswers = false
  public internal(set) var problems: [Problem] = []

  init(_ table: TableSpec, file: String?) {
    self.table = table
    self.file = file
  }

  /// For the passes and rules that ask what a table can answer; `nil` where that is not known.
  public var facts: TableFacts? {
    guard rowCount > 0, !hasUnknownAnswers, !answers.isEmpty else { return nil }
    return TableFacts(actions: answers.map(\.action), matchesEveryKey: matchesEveryKey)
  }

  /// Where a row is written.
  func range(_ line: Int?) -> SourceRange? {
    guard let file, let line else { return nil }
    return SourceRange(file: file, line: line, column: 1)
  }
}

/// Sorts right-hand sides by what they do.
struct AnswerCollector {
  /// What lint rules can tell apart.
  private enum Kind: Hashable {
    case keyword(Int, malformed: AccessAction.Malformation?)
    case code(UInt16, contradicts: Bool, isBare: Bool)
    case refusal(Int, isBare: Bool)
    case words(Bytes)
  }

  private(set) var answers: [TableContent.Answer] = []
  private var kinds: [Kind: Int] = [:]
  private var values = ValueNumbers(limit: 4096)
  /// For the number of each value its answer.
  private var indices: [Int] = []
  private static let rowLimit = 3

  mutating func add(_ value: ArraySlice<UInt8>, key: ArraySlice<UInt8>, line: Int?) {
    let number = values.number(of: value.span)
    let index: Int
    if let number, number < indices.count {
      index = indices[number]
    } else {
      index = classify(Bytes(value))
      if number != nil { indices.append(index) }
    }
    answers[index].count += 1
    if answers[index].rows.count < AnswerCollector.rowLimit {
      answers[index].rows.append(TableContent.Row(line: line, key: key.text))
    }
  }

  private mutating func classify(_ value: Bytes) -> Int {
    let action = AccessAction.parse(value)
    let kind = AnswerCollector.kind(action)
    if let known = kinds[kind] { return known }
    let index = answers.count
    answers.append(TableContent.Answer(action: action, count: 0, rows: []))
    kinds[kind] = index
    return index
  }

  private static func kind(_ action: AccessAction) -> Kind {
    switch action {
    case .dunno: .keyword(0, malformed: nil)
    case .ok: .keyword(1, malformed: nil)
    case .hangUp: .keyword(2, malformed: nil)
    case .info: .keyword(3, malformed: nil)
    case .warn: .keyword(4, malformed: nil)
    case .filter: .keyword(5, malformed: action.malformation)
    case .hold: .keyword(6, malformed: nil)
    case .discard: .keyword(7, malformed: nil)
    case .redirect: .keyword(8, malformed: action.malformation)
    case .bcc: .keyword(9, malformed: action.malformation)
    case .prepend: .keyword(10, malformed: action.malformation)
    case .lookupTable: .keyword(11, malformed: nil)
    case .separators: .keyword(12, malformed: nil)
    case .reject(let dsn, let text): .refusal(0, isBare: dsn != nil && text.isEmpty)
    case .defer(let dsn, let text): .refusal(1, isBare: dsn != nil && text.isEmpty)
    case .deferIfPermit(let dsn, let text): .refusal(2, isBare: dsn != nil && text.isEmpty)
    case .deferIfReject(let dsn, let text): .refusal(3, isBare: dsn != nil && text.isEmpty)
    case .code(let code, let dsn, let text):
      .code(
        code, contradicts: dsn?.first.map { UInt16($0 &- 0x30) != code / 100 } ?? false,
        isBare: dsn != nil && text.isEmpty)
    case .restrictions(let text): .words(text)
    }
  }
}
