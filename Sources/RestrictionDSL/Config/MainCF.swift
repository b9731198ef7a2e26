/// The entries of main.cf, not expanded.
///
/// - Source: postconf(5), "The general format of the main.cf file"; facts §10.1, §10.2
public struct MainCF: Sendable {
  /// One `name = value`.
  public struct Entry: Hashable, Sendable {
    public let name: String
    /// White space at both ends is removed; may be empty.
    public let value: TracedText
    /// Where the name is written.
    public let nameRange: SourceRange?
    /// 1-based number of the first physical line.
    public let line: Int
  }

  /// Files that were read.
  public let files: [SourceFile]

  /// In the order of the file, overridden ones included.
  public let entries: [Entry]

  /// What was found while reading.
  public let diagnostics: [Diagnostic]

  /// The last entry of each name.
  private let last: [String: Int]

  /// An empty configuration.
  public init() { self.init(entries: [], files: [], diagnostics: []) }

  /// Reads the text of a file.
  ///
  /// - Parameter predefined: values that Postfix knows before it reads the file; an entry that
  ///   changes one of them is warned about.
  public init(_ file: SourceFile, predefined: [String: String] = [:]) {
    let logical = LogicalLines(file)
    var entries: [Entry] = []
    var diagnostics: [Diagnostic] = logical.diagnostics
    var latest: [String: Int] = [:]
    for line in logical.lines {
      switch MainCF.entry(line) {
      case .success(let entry):
        if let earlier = latest[entry.name], entries[earlier].value.bytes != entry.value.bytes {
          diagnostics.append(overriding(entries[earlier], entry, file.path))
        } else if latest[entry.name] == nil, let value = predefined[entry.name],
          value != entry.value.text
        {
          let earlier = Entry(
            name: entry.name, value: TracedText(value), nameRange: nil, line: 0)
          diagnostics.append(overriding(earlier, entry, file.path))
        }
        latest[entry.name] = entries.count
        entries.append(entry)
      case .failure(let failure):
        diagnostics.append(missing(failure.message, line, file.path, id: "main-cf-syntax"))
      }
    }
    self.init(entries: entries, files: [file], diagnostics: diagnostics)
  }

  init(entries: [Entry], files: [SourceFile], diagnostics: [Diagnostic]) {
    self.entries = entries
    self.files = files
    self.diagnostics = diagnostics
    last = Dictionary(
      entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { $1 })
  }

  /// The value that counts: the last one.
  public func value(_ name: String) -> TracedText? { last[name].map { entries[$0].value } }

  /// The entry that counts: the last one.
  public func entry(_ name: String) -> Entry? { last[name].map { entries[$0] } }

  /// Every defined name once, in the order of the entries that count.
  public var names: [String] {
    entries.indices.filter { last[entries[$0].name] == $0 }.map { entries[$0].name }
  }

  struct SyntaxFailure: Error { let message: String }

  /// Splits a logical line at its first `=`.
  static func entry(_ line: LogicalLines.Line) -> Result<Entry, SyntaxFailure> {
    switch splitNameValue(line.text) {
    case .success(let (name, value)):
      .success(
        Entry(
          name: line.text.bytes[name].text, value: line.text.slice(value),
          nameRange: line.text.range(of: name), line: line.number))
    case .failure(let failure): .failure(failure)
    }
  }

  /// `name = value` with white space around all parts.
  static func splitNameValue(_ text: TracedText) -> Result<
    (name: Range<Int>, value: Range<Int>), SyntaxFailure
  > {
    let bytes = text.bytes
    func skip(from start: Int, while condition: (UInt8) -> Bool) -> Int {
      bytes[start...].firstIndex { !condition($0) } ?? bytes.count
    }
    let start = skip(from: 0) { $0.isASCIISpace }
    let end = skip(from: start) { !$0.isASCIISpace && $0 != 0x3D }
    guard end > start else { return .failure(SyntaxFailure(message: "missing attribute name")) }
    let equals = skip(from: end) { $0.isASCIISpace }
    guard equals < bytes.count, bytes[equals] == 0x3D else {
      return .failure(SyntaxFailure(message: "missing '=' after attribute name"))
    }
    let value = bytes[(equals + 1)...].trimmedASCIISpace
    return .success((start..<end, value.startIndex..<value.endIndex))
  }
}

private func overriding(_ old: MainCF.Entry, _ new: MainCF.Entry, _ path: String) -> Diagnostic {
  let text = "overriding earlier entry: \(old.name)=\(old.value.text)"
  return Diagnostic(
    .warning, "overriding-entry", "'\(new.name)' overrides an earlier entry", at: new.nameRange,
    notes: old.nameRange.map {
      [Diagnostic.Note(range: $0, message: "the earlier entry is here")]
    } ?? [],
    logLine: "warning: \(path), line \(new.line): \(text)".asASCII)
}

private func missing(
  _ message: String, _ line: LogicalLines.Line, _ path: String, id: String
) -> Diagnostic {
  Diagnostic(
    .error, id, message, at: line.text.range(of: 0..<line.text.bytes.count),
    help: "expected name = value",
    logLine: "fatal: \(path), line \(line.number): \(message): \"\(line.text.text)\"".asASCII)
}
