/// Text that knows where each of its bytes is written: a value as it is read from a file, or what
/// became of it after `$name` expansion.
public struct TracedText: Hashable, Sendable {
  /// A `$name` through which text was reached.
  public struct Reference: Hashable, Sendable {
    /// The parameter whose value holds the reference.
    public let from: String
    /// The name behind the dollar.
    public let name: String
    /// Where the reference is written; `nil` in a default.
    public let range: SourceRange?

    public init(from: String, name: String, range: SourceRange?) {
      self.from = from
      self.name = name
      self.range = range
    }

    /// The note that a diagnostic about the reached text carries.
    public var note: Diagnostic.Note {
      Diagnostic.Note(range: range, message: "reached from \(from) through $\(name)")
    }
  }

  /// Consecutive bytes of one physical line, reached in one way.
  struct Run: Hashable, Sendable {
    /// Offset of the first byte in ``bytes``.
    var start: Int
    /// `nil` for a default.
    var place: Place?
    /// Outermost reference first.
    var via: [Reference]
  }

  /// Position of one byte in a file.
  struct Place: Hashable, Sendable {
    var file: String
    var line: Int
    var column: Int
  }

  public private(set) var bytes: Bytes = []

  /// Invariant: sorted by `start`, the first one starts at 0, none is empty.
  private(set) var runs: [Run] = []

  public init() {}

  /// Text that is written nowhere: a default.
  public init(_ text: String) { self.init(Bytes(text)) }

  /// Bytes that are written nowhere.
  public init(_ bytes: Bytes) {
    self.bytes = bytes
    if !bytes.isEmpty { runs = [Run(start: 0, place: nil, via: [])] }
  }

  /// For people; bytes that are not UTF-8 show as U+FFFD.
  public var text: String { bytes.text }

  /// Appends the bytes of one physical line.
  mutating func append(
    _ line: some Collection<UInt8>, file: String, line number: Int, column: Int
  ) {
    guard !line.isEmpty else { return }
    let place = Place(file: file, line: number, column: column)
    runs.append(Run(start: bytes.count, place: place, via: []))
    bytes.append(contentsOf: line)
  }

  /// Appends a part of another text, reached through `via`.
  mutating func append(_ range: Range<Int>, of other: TracedText, via: [Reference] = []) {
    guard !range.isEmpty else { return }
    var index = other.runIndex(at: range.lowerBound)
    var position = range.lowerBound
    while position < range.upperBound {
      let run = other.runs[index]
      let end = index + 1 < other.runs.count ? other.runs[index + 1].start : other.bytes.count
      runs.append(
        Run(
          start: bytes.count + position - range.lowerBound, place: other.place(at: position),
          via: via + run.via))
      position = end
      index += 1
    }
    bytes.append(contentsOf: other.bytes[range])
  }

  /// Appends bytes that stand for the part of a text that begins at `offset`, such as `$` for `$$`.
  mutating func append(literal: Bytes, at offset: Int, of other: TracedText) {
    guard !literal.isEmpty else { return }
    let via = other.bytes.isEmpty ? [] : other.runs[other.runIndex(at: offset)].via
    runs.append(Run(start: bytes.count, place: other.place(at: offset), via: via))
    bytes.append(contentsOf: literal)
  }

  /// A part of this text.
  public func slice(_ range: Range<Int>) -> TracedText {
    var part = TracedText()
    part.append(range, of: self)
    return part
  }

  /// Where the bytes are written, cut at the end of the physical line of the first one.
  ///
  /// - Returns: `nil` where the first byte comes from a default, or the text is empty.
  public func range(of range: Range<Int>) -> SourceRange? {
    guard !range.isEmpty, range.upperBound <= bytes.count else { return nil }
    let index = runIndex(at: range.lowerBound)
    guard let place = place(at: range.lowerBound) else { return nil }
    let end = index + 1 < runs.count ? runs[index + 1].start : bytes.count
    let length = TracedText.characters(in: bytes[range.lowerBound..<min(end, range.upperBound)])
    return SourceRange(
      file: place.file, line: place.line, column: place.column, length: max(1, length))
  }

  /// The references through which the byte was reached, outermost first.
  public func references(at offset: Int) -> [Reference] {
    offset < bytes.count ? runs[runIndex(at: offset)].via : []
  }

  /// Characters as the columns count them: bytes that do not continue a UTF-8 sequence.
  static func characters(in bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
  }

  private func place(at offset: Int) -> Place? {
    guard !runs.isEmpty else { return nil }
    let run = runs[runIndex(at: offset)]
    guard var place = run.place else { return nil }
    place.column += TracedText.characters(in: bytes[run.start..<min(offset, bytes.count)])
    return place
  }

  /// The run that holds a byte.
  private func runIndex(at offset: Int) -> Int {
    var low = 0
    var high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].start <= offset { low = middle } else { high = middle }
    }
    return low
  }
}
