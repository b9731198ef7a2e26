import RestrictionDSL

/// How large regcomp(3) of the GNU C library makes a pattern, found by reading the pattern.
///
/// The library writes `x+` out as `xx*` and `x{2,4}` as `xx(x(x)?)?`, so each repetition around
/// another multiplies: twenty `+` in a row take gigabytes. What comes out here follows the tree and
/// the epsilon closures that it builds, for extended and basic syntax; where a pattern has an error
/// the number means nothing.
struct RegexpSize: Hashable {
  /// Nodes of the automaton.
  private(set) var nodes = 0.0
  /// Nodes that are there only because a repetition copied them.
  private(set) var copiedNodes = 0.0
  /// Members of all epsilon closures.
  private(set) var closures = 0.0
  /// Anchors that follow each other with nothing between them that needs a character.
  private(set) var anchors = 0.0
  /// Nodes of copied parts that may be empty, with nothing between them that needs a character.
  private(set) var emptyCopies = 0.0
  /// The same of loops around what may be empty.
  private(set) var emptyLoops = 0.0
  /// Groups around the innermost one.
  private(set) var depth = 0

  /// Bytes of memory, measured with glibc 2.36 on a 64-bit machine.
  ///
  /// Behind an anchor all that is reached without a character is copied once for each set of
  /// demands, hence the powers.
  var bytes: Double {
    let behindAnchors = anchors == 0 ? 0 : emptyCopies * emptyCopies * emptyCopies
    return nodes * 250 + closures * 8 + anchors * anchors * anchors * anchors * 100 + behindAnchors
  }

  /// Whether the library takes a modest time for it, and little enough of memory and of the stack.
  ///
  /// Paths through a loop around what may be empty are followed again and again, in a time that
  /// doubles with each. Real patterns are far from all these limits: `a{32767}` keeps to them, and
  /// so do 3,000 alternatives or any number of `+` beside each other.
  var isModest: Bool {
    bytes <= Double(128 << 20) && copiedNodes <= 32768 && depth <= 500 && anchors <= 24
      && (emptyLoops == 0 || emptyLoops + emptyCopies <= 32)
  }

  init(_ expression: PatternExpression) {
    var reader = RegexpReader(
      text: expression.pattern, isExtended: expression.flags.contains(.extended))
    let part = reader.read()
    (nodes, closures) = (part.nodes, part.closures)
    anchors = part.anchors.most
    (emptyCopies, emptyLoops) = (part.emptyCopies.most, part.emptyLoops.most)
    copiedNodes = part.nodes - reader.written
    depth = reader.deepest
  }
}

/// Reads a pattern without recursion: a group more is an element more.
private struct RegexpReader {
  /// An open group: the branches that ended, the branch in progress, and its last atom.
  private struct Frame {
    var branches: RegexpPart?
    var branch = RegexpPart()
    var atom: RegexpPart?

    mutating func add(_ part: RegexpPart) {
      endAtom()
      atom = part
    }

    mutating func endAtom() {
      if let atom { branch = branch.then(atom) }
      atom = nil
    }

    mutating func endBranch() {
      endAtom()
      branches = branches.map { $0.or(branch) } ?? branch
      branch = RegexpPart()
    }
  }

  let text: Bytes
  let isExtended: Bool
  private(set) var written = 0.0
  private(set) var deepest = 0
  private var index = 0
  private var frames = [Frame()]

  init(text: Bytes, isExtended: Bool) {
    self.text = text
    self.isExtended = isExtended
  }

  mutating func read() -> RegexpPart {
    while index < text.count { item() }
    while frames.count > 1 { close() }
    frames[0].endBranch()
    return frames[0].branches ?? RegexpPart()
  }

  private mutating func item() {
    let byte = text[index]
    index += 1
    switch byte {
    case UInt8(ascii: "\\") where index < text.count:
      let escaped = text[index]
      index += 1
      // Basic syntax has its operators behind a backslash; `+`, `?` and `|` by courtesy of GNU.
      if !isExtended && Bytes("(){|+?").contains(escaped) {
        operation(escaped)
      } else if Bytes("bB<>`'").contains(escaped) {
        add(.anchor)
      } else {
        add(.character)
      }
    case UInt8(ascii: "["): bracket()
    case UInt8(ascii: "*"): operation(byte)
    case UInt8(ascii: "^"), UInt8(ascii: "$"): add(.anchor)
    default:
      if isExtended && Bytes("(){|+?").contains(byte) { operation(byte) } else { add(.character) }
    }
  }

  private mutating func add(_ part: RegexpPart) {
    written += part.nodes
    frames[frames.count - 1].add(part)
  }

  private mutating func operation(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "("):
      frames.append(Frame())
      deepest = max(deepest, frames.count - 1)
    case UInt8(ascii: ")"):
      if frames.count > 1 { close() } else { add(.character) }
    case UInt8(ascii: "|"):
      written += 1
      frames[frames.count - 1].endBranch()
    case UInt8(ascii: "*"): repeats(0, nil)
    case UInt8(ascii: "+"): repeats(1, nil)
    case UInt8(ascii: "?"): repeats(0, 1)
    default: interval()
    }
  }

  private mutating func close() {
    written += 2
    guard var frame = frames.popLast() else { return }
    frame.endBranch()
    frames[frames.count - 1].add((frame.branches ?? RegexpPart()).grouped)
  }

  private mutating func repeats(_ low: Int, _ high: Int?) {
    written += 1
    let last = frames.count - 1
    frames[last].atom = frames[last].atom?.repeated(low, high)
  }

  /// Behind the `{` of an interval.
  private mutating func interval() {
    let low = number()
    var high = low
    if index < text.count, text[index] == UInt8(ascii: ",") {
      index += 1
      high = number()
    }
    guard low != nil || high != nil else { return }
    repeats(low ?? 0, high)
    let end = Bytes(isExtended ? "}" : "\\}")
    if text[index...].starts(with: end) { index += end.count }
  }

  /// A number of an interval; more than 32767 is an error of the pattern.
  private mutating func number() -> Int? {
    let digits = text[index...].prefix(while: \.isASCIIDigit)
    index += digits.count
    guard !digits.isEmpty else { return nil }
    return digits.reduce(0) { min($0 * 10 + Int($1 - 0x30), 32768) }
  }

  /// Behind the `[` of a set.
  private mutating func bracket() {
    if index < text.count, text[index] == UInt8(ascii: "^") { index += 1 }
    var isFirst = true
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == UInt8(ascii: "]") && !isFirst { break }
      isFirst = false
      guard byte == UInt8(ascii: "["), index < text.count, Bytes(":.=").contains(text[index])
      else { continue }
      // [:alpha:], [.hyphen.], [=a=]
      let mark = text[index]
      index += 1
      while index + 1 < text.count,
        !(text[index] == mark && text[index + 1] == UInt8(ascii: "]"))
      {
        index += 1
      }
      index = min(index + 2, text.count)
    }
    add(.character)
  }
}
