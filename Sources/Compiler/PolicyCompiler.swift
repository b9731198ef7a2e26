import RestrictionDSL

/// Text to program: parses the restriction lists of a service, lowers, optimises and linearises them.
public struct PolicyCompiler: Sendable {
  /// The program and what was found on the way.
  public struct Result: Sendable {
    public let program: DecisionProgram
    public let diagnostics: [Diagnostic]
    /// Every table that a restriction names, each once, in order of appearance: opened at start.
    public let tables: [TableSpec]
    /// Every policy service endpoint as written.
    public let policyServices: [String]

    public init(
      program: DecisionProgram, diagnostics: [Diagnostic], tables: [TableSpec],
      policyServices: [String]
    ) {
      self.program = program
      self.diagnostics = diagnostics
      self.tables = tables
      self.policyServices = policyServices
    }
  }
}
