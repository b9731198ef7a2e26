/// Replaces `$name` forms in parameter values.
///
/// | form | result |
/// |---|---|
/// | `$name` `${name}` `$(name)` | the value, itself expanded |
/// | `$$` | `$` |
/// | `${name?text}` `${name?{text}:{text}}` | by whether the value as written is empty |
/// | `${name:text}` | text where the value as written is empty or undefined |
/// | `${{left} == {right} ? {text} : {text}}` | by comparison, see ``Comparison`` |
///
/// - Source: postconf(5), "The general format of the main.cf file"; facts §10.3
public struct Expansion {
  /// Text that cannot be expanded.
  public struct Failure: Error, Hashable, Sendable {
    /// What Postfix logs, without the prefix `warning: `; more than one where both sides of a
    /// comparison fail.
    public var messages: [String]
    /// Where the first mistake is written.
    public var range: SourceRange?
    /// How the mistake was reached.
    public var via: [TracedText.Reference]
    /// Postfix stops at once with this line instead of ``standardFatal``.
    public var fatal: String?

    /// The last line Postfix logs.
    public var fatalLine: String { fatal ?? Failure.standardFatal }

    static let standardFatal = "fatal: dictionary mail_dict: macro processing error"
  }

  /// The value of a name as written, not expanded; `nil` where it is undefined.
  public let lookup: (String) -> TracedText?

  /// Where set, nothing is expanded: every name in the text, also in alternatives that do not
  /// count, is reported once for each place.
  public var visit: ((String) -> Void)?

  /// Where set, values are inserted as they are, never expanded themselves: they come from a client.
  ///
  /// It is told each name without a value that was to be inserted.
  public var undefined: ((String) -> Void)?

  /// Deeper nesting than this is taken for a loop.
  static let maximumNesting = 100

  public init(lookup: @escaping (String) -> TracedText?) { self.lookup = lookup }

  /// Expands a value.
  ///
  /// - Parameter name: the parameter that has the value; named in the notes of what comes out.
  public func expand(_ text: TracedText, of name: String) throws(Failure) -> TracedText {
    guard text.bytes.contains(0x24) else { return text }
    var output = TracedText()
    try expand(text, Context(parameter: name, via: [], depth: 0), into: &output)
    return output
  }

  /// Where in the configuration the expansion is.
  struct Context {
    var parameter: String
    var via: [TracedText.Reference]
    var depth: Int
  }

  func expand(_ text: TracedText, _ context: Context, into output: inout TracedText)
    throws(Failure)
  {
    let bytes = text.bytes
    var position = 0
    while position < bytes.count {
      guard let dollar = bytes[position...].firstIndex(of: 0x24) else {
        output.append(position..<bytes.count, of: text, via: context.via)
        return
      }
      output.append(position..<dollar, of: text, via: context.via)
      let next = dollar + 1 < bytes.count ? bytes[dollar + 1] : 0
      if next == 0x24 {
        output.append(dollar..<dollar + 1, of: text, via: context.via)
        position = dollar + 2
        continue
      }
      let body: Range<Int>
      if next == 0x7B || next == 0x28 {
        guard let end = Expansion.closing(bytes, from: dollar + 1) else {
          throw failure("truncated macro reference: \"\(text.text)\"", text, dollar, context)
        }
        body = dollar + 2..<end
        position = end + 1
      } else {
        body = dollar + 1..<(bytes[(dollar + 1)...].firstIndex { !$0.isNameByte } ?? bytes.count)
        position = body.upperBound
      }
      guard !body.isEmpty else {
        throw failure("empty macro name: \"\(text.text)\"", text, dollar, context)
      }
      guard context.depth <= Expansion.maximumNesting else {
        let name = bytes[body].text
        throw failure("unreasonable macro call nesting: \"\(name)\"", text, dollar, context)
      }
      var inner = context
      inner.depth += 1
      let reference = text.range(of: dollar..<position)
      try expandBody(MacroBody(text.slice(body), reference), inner, into: &output)
    }
  }

  /// What is between the parentheses of a reference, or the bare name.
  private func expandBody(
    _ start: MacroBody, _ context: Context, into output: inout TracedText
  ) throws(Failure) {
    var body = start
    body.skipBlanks()
    if body.next == 0x7B {
      let holds = try Comparison(&body, self, context).holds(self, context)
      body.skipBlanks()
      switch body.next {
      case nil:
        if holds {
          output.append(literal: Bytes("true"), at: 0, of: start.text)
        }
      case 0x3F, 0x3A:
        try expandChoice(&body, holds, context, into: &output)
      default:
        throw failure("\"?\" or \":\" expected", body, before: "}", context)
      }
      return
    }
    let nameStart = body.position
    body.skip { $0.isNameByte }
    let name = body.text.bytes[nameStart..<body.position].text
    let nameEnd = body
    body.skipBlanks()
    visit?(name)
    guard body.next == nil || body.next == 0x3F || body.next == 0x3A else {
      let before = nameEnd.text.bytes[..<nameEnd.position].text
      throw failure("attribute name syntax error", nameEnd, before: before, context)
    }
    let value = visit == nil ? lookup(name) : nil
    guard body.next == nil else {
      let isEmpty = value?.bytes.isEmpty ?? true
      return try expandChoice(&body, !isEmpty, context, into: &output)
    }
    guard let value else {
      undefined?(name)
      return
    }
    guard undefined == nil else {
      output.append(literal: value.bytes, at: 0, of: start.text)
      return
    }
    let reference = TracedText.Reference(
      from: context.parameter, name: name, range: start.reference)
    let inner = Context(parameter: name, via: context.via + [reference], depth: context.depth)
    try expand(value, inner, into: &output)
  }

  /// `?{text}:{text}`, `?text`, `:{text}` or `:text`, and nothing behind it.
  private func expandChoice(
    _ body: inout MacroBody, _ condition: Bool, _ context: Context,
    into output: inout TracedText
  ) throws(Failure) {
    var chosen: TracedText?
    if body.next == 0x3F {
      body.position += 1
      let (text, isBraced) = try alternative(&body, context)
      if condition { chosen = text }
      if !condition && visit != nil { try expand(text, context, into: &output) }
      if isBraced {
        body.skipBlanks()
        if let next = body.next, next != 0x3A {
          throw failure("\":\" expected", body, before: text.text + "}", context)
        }
      }
    }
    if body.next == 0x3A {
      body.position += 1
      let (text, _) = try alternative(&body, context)
      if !condition { chosen = text }
      if condition && visit != nil { try expand(text, context, into: &output) }
      body.skipBlanks()
      if body.next != nil {
        throw failure("unexpected input", body, before: text.text + "}", context)
      }
    }
    if let chosen { try expand(chosen, context, into: &output) }
  }

  /// `{text}` behind blanks, else everything to the end with its blanks.
  private func alternative(_ body: inout MacroBody, _ context: Context) throws(Failure) -> (
    TracedText, isBraced: Bool
  ) {
    let start = body.position
    body.skipBlanks()
    if body.next == 0x7B { return (try braced(&body, context), true) }
    body.position = body.text.bytes.count
    return (body.text.slice(start..<body.position), false)
  }

  /// The text inside `{ }`, blanks kept.
  func braced(_ body: inout MacroBody, _ context: Context) throws(Failure) -> TracedText {
    guard let end = Expansion.closing(body.text.bytes, from: body.position) else {
      let rest = body.text.bytes[body.position...].text
      throw failure(
        "unbalanced {} in attribute expression: \"\(rest)\"", body.text, body.position, context)
    }
    let text = body.text.slice(body.position + 1..<end)
    body.position = end + 1
    return text
  }

  /// `message at: "...before>>>rest"`.
  func failure(
    _ message: String, _ body: MacroBody, before: String, after: String? = nil, _ context: Context
  ) -> Failure {
    let rest = after ?? body.text.bytes[body.position...].prefix(20).text
    return failure(
      "\(message) at: \"...\(before)>>>\(rest)\"", body.text, body.position, context,
      else: body.reference)
  }

  func failure(
    _ message: String, _ text: TracedText, _ offset: Int, _ context: Context,
    else range: SourceRange? = nil
  ) -> Failure {
    Failure(
      messages: [message],
      range: text.range(of: offset..<max(offset, text.bytes.count)) ?? range, via: context.via)
  }

  /// The byte that closes the brace or parenthesis at `start`, counting nested ones of its kind.
  static func closing(_ bytes: Bytes, from start: Int) -> Int? {
    let open = bytes[start]
    let close: UInt8 = open == 0x7B ? 0x7D : 0x29
    var level = 0
    for index in start..<bytes.count {
      if bytes[index] == open { level += 1 }
      if bytes[index] == close {
        level -= 1
        if level == 0 { return index }
      }
    }
    return nil
  }
}

/// What stands between the braces of a reference, read from left to right.
struct MacroBody {
  let text: TracedText
  /// The whole reference, for a mistake at its end.
  let reference: SourceRange?
  var position = 0

  init(_ text: TracedText, _ reference: SourceRange?) {
    self.text = text
    self.reference = reference
  }

  /// The next byte; `nil` at the end.
  var next: UInt8? { position < text.bytes.count ? text.bytes[position] : nil }

  mutating func skip(while condition: (UInt8) -> Bool) {
    while let byte = next, condition(byte) { position += 1 }
  }

  mutating func skipBlanks() { skip { $0.isASCIISpace } }
}

extension UInt8 {
  /// Letters, digits and `_`: what a parameter name behind a dollar consists of.
  var isNameByte: Bool { isASCIILetter || isASCIIDigit || self == 0x5F }
}
