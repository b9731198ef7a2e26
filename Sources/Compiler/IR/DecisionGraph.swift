import RestrictionDSL

/// The access policy of a service between text and program: nodes with edges by outcome.
///
/// One chain of nodes per SMTP command. A node's `next` is taken on dunno; its `leave` is taken on
/// permit, on DISCARD, and when both deferral flags are set. Reject ends the command and has no
/// edge.
public struct DecisionGraph: Hashable, Sendable {
  /// What a node does.
  public enum Work: Hashable, Sendable {
    case operation(Operation)
    /// Evaluates a class; gone after ``InlineClasses``.
    case call(String)
  }

  public struct Node: Hashable, Sendable {
    public var work: Work
    public var source: DecisionProgram.Source
    /// Taken on dunno; `nil` where dunno cannot happen.
    public var next: Int?
    /// The end of the list; `nil` for nodes outside lists.
    public var leave: Int?
    /// Under warn_if_reject.
    public var warns: Bool
    /// The first element of the second of relay and recipient lists: Postfix evaluates it even
    /// where both deferral flags are set, so it can not give its place to another one.
    public var isPinned = false
    /// Fact slot given by ``ShareFacts``.
    public var slot: UInt16?
    /// Looks into the same table as the node before, see ``BatchAccess``.
    public var continuesTable = false

    /// The operation, or `nil` for a call.
    public var operation: Operation? {
      guard case .operation(let operation) = work else { return nil }
      return operation
    }
  }

  /// A class body as a chain without structure: lowered elements in order.
  public struct ClassBody: Hashable, Sendable {
    public var elements: [Element]
  }

  /// One lowered restriction.
  public struct Element: Hashable, Sendable {
    public var work: Work
    public var source: DecisionProgram.Source
    public var warns: Bool
  }

  /// Removed nodes are `nil`, so that indices stay.
  public var nodes: [Node?] = []
  /// First node of each command, indexed by ``Entry``.
  public var entries: [Int?] = Array(repeating: nil, count: Entry.allCases.count)
  public var classes: [String: ClassBody] = [:]
  /// A right-hand side of an access table: warn_if_reject may be on around it, so no reject is
  /// final.
  public var isFragment = false

  /// Adds a node and returns its index.
  mutating func add(_ node: Node) -> Int {
    nodes.append(node)
    return nodes.count - 1
  }

  /// Indices of the nodes that are still there.
  public var indices: [Int] { nodes.indices.filter { nodes[$0] != nil } }

  /// Number of nodes that are still there.
  public var count: Int { nodes.reduce(0) { $0 + ($1 == nil ? 0 : 1) } }

  /// Where execution can go from a node.
  func successors(of index: Int) -> [Int] {
    guard let node = nodes[index] else { return [] }
    return [node.next, node.leave].compactMap(\.self)
  }

  /// Takes a node out of its chain: what led to it leads to its `next`.
  mutating func bypass(_ index: Int) {
    guard let target = nodes[index]?.next else { return }
    for other in nodes.indices {
      if nodes[other]?.next == index { nodes[other]?.next = target }
    }
    for entry in entries.indices where entries[entry] == index { entries[entry] = target }
    nodes[index] = nil
  }

  /// Reachable nodes so that every edge goes forward, `next` directly behind its node.
  ///
  /// - Complexity: O(nodes)
  public func order() -> [Int] {
    var seen = Array(repeating: false, count: nodes.count)
    var result: [Int] = []
    for start in entries.compactMap(\.self).reversed() where !seen[start] {
      result.append(contentsOf: postorder(from: start, &seen))
    }
    return result.reversed()
  }

  private func postorder(from start: Int, _ seen: inout [Bool]) -> [Int] {
    var result: [Int] = []
    // Last in, first out: `next` comes last, so that it is placed directly behind its node.
    var stack = [(node: start, rest: Array(successors(of: start)))]
    seen[start] = true
    while let (node, rest) = stack.popLast() {
      guard let target = rest.last else {
        result.append(node)
        continue
      }
      stack.append((node, rest.dropLast()))
      guard !seen[target] else { continue }
      seen[target] = true
      stack.append((target, successors(of: target)))
    }
    return result
  }
}
