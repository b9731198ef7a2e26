import RestrictionDSL

/// Programs as text, for people and for tests: stable, one line per node.
///
/// ```
/// rcpt:
///   0  enter client                     -> 1 | 2
///   1  permit_mynetworks                -> 2 | 2  connection slot 0
/// ```
public enum Disassembler {
  /// The text of a program, with a line end after every line.
  public static func text(of program: DecisionProgram) -> String {
    var lines: [String] = []
    for index in program.nodes.indices {
      let starts = Entry.allCases.filter { program.start(of: $0) == index }
      if !starts.isEmpty { lines.append(starts.map(\.name).joined(separator: ", ") + ":") }
      lines.append("  " + line(of: index, in: program))
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func line(of index: Int, in program: DecisionProgram) -> String {
    let node = program.nodes[index]
    let operation = program.operations[Int(node.operation)]
    var text = "\(index) \(node.flags.contains(.warn) ? "warn " : "")\(operation.mnemonic)"
    if node.next == index {
      text += " ."
    } else if node.next == node.onPermit {
      text += " -> \(node.next)"
    } else {
      text += " -> \(node.next) | \(node.onPermit)"
    }
    if operation.scope != .config { text += " \(operation.scope)" }
    if node.flags.contains(.volatile) { text += " volatile" }
    if node.flags.contains(.continuesTable) { text += " continues" }
    if node.slot != .max { text += " slot \(node.slot)" }
    return text
  }
}

extension Entry {
  /// The command in lower case, `end-of-data` for the end of the content.
  public var name: String {
    switch self {
    case .connect: "connect"
    case .helo: "helo"
    case .mail: "mail"
    case .rcpt: "rcpt"
    case .vrfy: "vrfy"
    case .etrn: "etrn"
    case .data: "data"
    case .endOfData: "end-of-data"
    }
  }
}
