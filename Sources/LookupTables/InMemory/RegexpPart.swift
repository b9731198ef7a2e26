/// A part of a regular expression, as large as regcomp(3) makes it.
struct RegexpPart {
  var nodes = 0.0
  /// Members of the closure of its first node, as far as they are of the part.
  var entry = 0.0
  /// Nodes from which the end of the part is reached without a character.
  var exits = 0.0
  /// Members of the closures of all nodes, as far as they are of the part.
  var closures = 0.0
  /// The end is reached from the start without a character.
  var isNullable = true
  var anchors = Run()
  var emptyCopies = Run()
  var emptyLoops = Run()

  /// How many of something follow each other with nothing between them that needs a character: at
  /// the start of a part, at its end, and where there are most.
  struct Run {
    var start = 0.0
    var end = 0.0
    var most = 0.0

    func adding(_ count: Double) -> Run {
      Run(start: start + count, end: end + count, most: most + count)
    }

    func or(_ other: Run) -> Run {
      Run(
        start: start + other.start, end: end + other.end,
        most: max(most, other.most, start + other.start))
    }
  }

  /// More nodes than anybody accepts: no need to count further.
  private static let enough = 1e7

  /// One character, one set, one back-reference.
  static let character = RegexpPart(
    nodes: 1, entry: 1, exits: 0, closures: 1, isNullable: false)
  /// `^`, `$`, `\b`: what follows is copied once for what it demands.
  static let anchor = RegexpPart(
    nodes: 2, entry: 2, exits: 2, closures: 3, anchors: Run(start: 1, end: 1, most: 1))

  func then(_ next: RegexpPart) -> RegexpPart {
    RegexpPart(
      nodes: nodes + next.nodes, entry: entry + (isNullable ? next.entry : 0),
      exits: next.exits + (next.isNullable ? exits : 0),
      closures: closures + next.closures + exits * next.entry,
      isNullable: isNullable && next.isNullable,
      anchors: join(anchors, next.anchors, next),
      emptyCopies: join(emptyCopies, next.emptyCopies, next),
      emptyLoops: join(emptyLoops, next.emptyLoops, next))
  }

  private func join(_ first: Run, _ second: Run, _ next: RegexpPart) -> Run {
    Run(
      start: first.start + (isNullable ? second.start : 0),
      end: second.end + (next.isNullable ? first.end : 0),
      most: max(first.most, second.most, first.end + second.start))
  }

  func or(_ other: RegexpPart) -> RegexpPart {
    let entry = 1 + entry + other.entry
    return RegexpPart(
      nodes: nodes + other.nodes + 1, entry: entry,
      exits: exits + other.exits + (isNullable || other.isNullable ? 1 : 0),
      closures: closures + other.closures + entry, isNullable: isNullable || other.isNullable,
      anchors: Run(
        start: max(anchors.start, other.anchors.start), end: max(anchors.end, other.anchors.end),
        most: max(anchors.most, other.anchors.most)),
      emptyCopies: emptyCopies.or(other.emptyCopies), emptyLoops: emptyLoops.or(other.emptyLoops))
  }

  /// Between the nodes that remember where a group begins and ends.
  var grouped: RegexpPart {
    var part = self
    part.nodes += 2
    part.entry += isNullable ? 2 : 1
    part.exits = 1 + (isNullable ? exits + 1 : 0)
    part.closures += exits + entry + 3
    return part
  }

  /// Without end: what leaves the part may enter it again.
  var starred: RegexpPart {
    var part = self
    part.nodes += 1
    part.entry += 1
    part.exits += 1
    part.closures += exits * (entry + 1) + entry + 1
    part.anchors.most = max(anchors.most, anchors.end + anchors.start)
    if isNullable { part.emptyLoops = emptyLoops.adding(entry) }
    part.isNullable = true
    return part
  }

  /// `{low,high}`; `nil` is without end.
  ///
  /// - Complexity: the number of copies, at most 32767
  func repeated(_ low: Int, _ high: Int?) -> RegexpPart {
    guard high != 0, nodes > 0 else { return RegexpPart() }
    var required = RegexpPart()
    for _ in 0..<low where required.nodes < RegexpPart.enough { required = required.then(self) }
    var part: RegexpPart
    if let high {
      var optional = RegexpPart()
      for _ in low..<max(low, high) where optional.nodes < RegexpPart.enough {
        optional = optional.then(self).or(RegexpPart())
      }
      part = required.then(optional)
    } else {
      part = required.then(starred)
    }
    let copies = Double(max(low, high ?? 0))
    if isNullable && copies > 1 { part.emptyCopies = part.emptyCopies.adding(entry * copies) }
    return part
  }
}
