/// Which passes run.
public struct PassSelection: Hashable, Sendable {
  /// Names of optional passes.
  public let names: Set<String>

  public init(names: Set<String>) { self.names = names }

  /// Every pass.
  public static let all = PassSelection(names: Set(PassPipeline.optional.map { $0.name }))
  /// Only what a program cannot do without.
  public static let none = PassSelection(names: [])

  /// Parses `all`, `none`, or names separated by commas.
  ///
  /// - Returns: `nil` where a name is unknown.
  public init?(_ text: String) {
    switch text {
    case "all": self = .all
    case "none": self = .none
    default:
      let names = Set(text.split(separator: ",").map(String.init))
      guard !names.isEmpty, names.isSubset(of: PassSelection.all.names) else { return nil }
      self.init(names: names)
    }
  }
}

/// Runs passes until none finds anything.
public enum PassPipeline {
  /// Passes that may be switched off, in the order in which they run.
  public static let optional: [any Pass.Type] = [
    FoldConstants.self, DropUnreachable.self, RemoveRetests.self, ShareFacts.self,
    BatchAccess.self,
  ]

  /// Inlines classes, then runs the selected passes in rounds.
  static func run(
    _ graph: inout DecisionGraph, _ selection: PassSelection, _ context: PassContext
  ) {
    // A program has no calls: this is the second half of lowering, and always runs.
    _ = apply(InlineClasses(), &graph, context)
    let passes = optional.filter { selection.names.contains($0.name) }.map { $0.init() }
    while true {
      var improved = false
      for pass in passes where apply(pass, &graph, context) { improved = true }
      if !improved { return }
    }
  }

  /// Runs one pass and holds it to its measure.
  ///
  /// - Returns: whether it changed anything.
  static func apply(
    _ pass: some Pass, _ graph: inout DecisionGraph, _ context: PassContext
  ) -> Bool {
    let before = graph
    pass.run(&graph, context)
    guard graph != before else { return false }
    let (old, new) = (pass.measure(before), pass.measure(graph))
    precondition(
      new < old, "pass \(type(of: pass).name) changed the graph: measure \(old) -> \(new)")
    return true
  }
}
