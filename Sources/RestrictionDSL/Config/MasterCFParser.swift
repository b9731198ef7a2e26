/// Reads the lines of master.cf.
struct MasterCFParser {
  let path: String
  var diagnostics: [Diagnostic]

  /// A mistake that stops master(8).
  private struct Failure: Error {
    let message: String
    let range: SourceRange?
  }

  init(path: String, diagnostics: [Diagnostic]) {
    self.path = path
    self.diagnostics = diagnostics
  }

  /// - Returns: `nil` where the line is not usable; a diagnostic says why.
  mutating func service(_ line: LogicalLines.Line) -> MasterCF.Service? {
    do throws(Failure) {
      return try read(line)
    } catch {
      diagnostics.append(
        Diagnostic(
          .error, "master-cf-syntax", error.message,
          at: error.range ?? line.text.range(of: 0..<line.text.bytes.count),
          logLine: "fatal: \(path): line \(line.number): \(error.message)"))
      return nil
    }
  }

  private mutating func read(_ line: LogicalLines.Line) throws(Failure) -> MasterCF.Service {
    var fields = Fields(line.text)
    let name = try fields.next("service name")
    let type = try fields.next("transport type")
    guard let kind = MasterCF.Kind(rawValue: type.text) else {
      throw Failure(message: "bad transport type: \(type.text)", range: type.whole)
    }
    let isPrivate = try flag(fields.next("private"), "private") ?? true
    guard !isPrivate || kind != .inet else {
      throw Failure(message: "inet service cannot be private", range: type.whole)
    }
    let isUnprivileged = try flag(fields.next("unprivileged"), "unprivileged") ?? true
    let isChrooted = try flag(fields.next("chroot"), "chroot")
    let wakeUp = try fields.next("wakeup_time")
    var seconds = wakeUp.text
    if seconds.hasSuffix("?") { seconds.removeLast() }
    guard wakeUp.text == "-" || number(seconds) else { throw bad(wakeUp, "wakeup_time") }
    let limit = try fields.next("max_proc")
    guard limit.text == "-" || number(limit.text) else { throw bad(limit, "max_proc") }
    let command = try fields.next("command")
    var arguments: [TracedText] = []
    while let argument = try fields.argument() { arguments.append(argument) }
    let options = options(arguments)
    return MasterCF.Service(
      name: name.text, type: type.text, kind: kind, isPrivate: isPrivate,
      isUnprivileged: isUnprivileged, isChrooted: isChrooted, wakeUp: wakeUp.text,
      processLimit: Int(limit.text), command: command.text, arguments: arguments,
      overrides: options.overrides, isVerbose: options.isVerbose, range: name.whole,
      line: line.number)
  }

  /// `y`, `n`, or `nil` for `-`.
  private func flag(_ field: TracedText, _ name: String) throws(Failure) -> Bool? {
    switch field.text {
    case "y": true
    case "n": false
    case "-": nil
    default: throw bad(field, name)
    }
  }

  private func number(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(\.isASCIIDigit) && Int32(text) != nil
  }

  private func bad(_ field: TracedText, _ name: String) -> Failure {
    Failure(message: "field \"\(name)\": bad value: \"\(field.text)\"", range: field.whole)
  }

  /// What the options of a Postfix daemon say: those that take a value, `-o` among them, and `-v`.
  ///
  /// - Source: facts §10.6; getopt(3)
  private mutating func options(
    _ arguments: [TracedText]
  ) -> (overrides: [SettingsBuilder.Override], isVerbose: Bool) {
    var overrides: [SettingsBuilder.Override] = []
    var isVerbose = false
    var index = 0
    while index < arguments.count, arguments[index].bytes.first == 0x2D {
      let argument = arguments[index]
      index += 1
      if argument.text == "--" || argument.bytes.count == 1 { break }
      let option = argument.bytes.dropFirst().firstIndex(where: "imnost".utf8.contains)
      if argument.bytes[..<(option ?? argument.bytes.count)].contains(0x76) { isVerbose = true }
      guard let option else { continue }
      var value = argument.slice(option + 1..<argument.bytes.count)
      if value.bytes.isEmpty {
        guard index < arguments.count else { break }
        value = arguments[index]
        index += 1
      }
      if argument.bytes[option] == 0x6F, let override = override(value) {
        overrides.append(override)
      }
    }
    return (overrides, isVerbose)
  }

  private mutating func override(_ text: TracedText) -> SettingsBuilder.Override? {
    switch MainCF.splitNameValue(text) {
    case .success(let (name, value)):
      return SettingsBuilder.Override(
        name: text.bytes[name].text, value: text.slice(value), nameRange: text.range(of: name))
    case .failure(let failure):
      diagnostics.append(
        Diagnostic(
          .error, "bad-override", failure.message, at: text.whole, help: "expected name=value",
          logLine: "fatal: invalid \"-o \(text.text)\" option value: \(failure.message)"))
      return nil
    }
  }

  /// The words of a line; text inside `{ }` is one word.
  private struct Fields {
    private let text: TracedText
    private var position = 0

    init(_ text: TracedText) { self.text = text }

    /// The next field, as it is.
    mutating func next(_ name: String) throws(Failure) -> TracedText {
      guard let range = word() else {
        throw Failure(message: "missing \"\(name)\" field", range: nil)
      }
      return text.slice(range)
    }

    /// The next argument without braces around it; `nil` at the end.
    mutating func argument() throws(Failure) -> TracedText? {
      guard let range = word() else { return nil }
      let argument = text.slice(range)
      guard argument.bytes.first == 0x7B else { return argument }
      let shown = argument.text
      guard let end = Expansion.closing(argument.bytes, from: 0) else {
        throw Failure(message: "missing '}' in \"\(shown)\"", range: argument.whole)
      }
      guard end == argument.bytes.count - 1 else {
        throw Failure(message: "syntax error after '}' in \"\(shown)\"", range: argument.whole)
      }
      let inner = argument.bytes[1..<end].trimmedASCIISpace
      return argument.slice(inner.startIndex..<inner.endIndex)
    }

    private mutating func word() -> Range<Int>? {
      let bytes = text.bytes
      guard let start = bytes[position...].firstIndex(where: { !$0.isASCIISpace }) else {
        return nil
      }
      var depth = 0
      var end = start
      while end < bytes.count, depth > 0 || !bytes[end].isASCIISpace {
        if bytes[end] == 0x7B { depth += 1 }
        if bytes[end] == 0x7D && depth > 0 { depth -= 1 }
        end += 1
      }
      // A group that is never closed ends with the line.
      position = end
      let word = bytes[start..<end].trimmedASCIISpace
      return word.startIndex..<word.endIndex
    }
  }
}

extension TracedText {
  /// Where all of it is written.
  var whole: SourceRange? { range(of: 0..<bytes.count) }
}
