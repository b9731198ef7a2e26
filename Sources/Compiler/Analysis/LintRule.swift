import RestrictionDSL

/// What all lint rules have: a name, and what to say about it.
public protocol LintRuleIdentity: Sendable {
  /// Stable, kebab case.
  static var id: String { get }
  /// Number of the rule in lists of other tools, `SPnnn`; suppressions may use either.
  static var number: String? { get }
  static var severity: Diagnostic.Severity { get }
  /// One paragraph: what goes wrong, and what to do.
  static var explanation: String { get }

  init()
}

/// One kind of mistake.
public protocol LintRule: LintRuleIdentity {
  /// What is wrong with one service.
  func findings(in service: LintedService) -> [Diagnostic]
}

extension LintRuleIdentity {
  public static var number: String? { nil }

  /// A finding of this rule.
  func finding(
    _ message: String, at range: SourceRange?, help: String? = nil,
    severity: Diagnostic.Severity? = nil
  ) -> Diagnostic {
    Diagnostic(severity ?? Self.severity, Self.id, message, at: range, help: help)
  }
}

/// Checks the services of one configuration with all rules.
///
/// Findings about text that several services share are reported once; a finding that only some
/// services have names them in a note.
public struct Linter: Sendable {
  public let configuration: LintedConfiguration
  /// Findings that need more than settings: syntax, files.
  ///
  /// They come first.
  public let given: [Diagnostic]
  /// Whether findings of severity info are reported.
  public let includesInfo: Bool
  /// Whether rules that ask the network have had their say in ``given``.
  public let isOnline: Bool

  public init(
    _ configuration: LintedConfiguration, given: [Diagnostic] = [], includesInfo: Bool = false,
    isOnline: Bool = false
  ) {
    self.configuration = configuration
    self.given = given
    self.includesInfo = includesInfo
    self.isOnline = isOnline
  }

  /// All findings: those given, then by place.
  public func findings() -> [Diagnostic] {
    var order: [Diagnostic.Identity] = []
    var found: [Diagnostic.Identity: (diagnostic: Diagnostic, services: [String])] = [:]
    func add(_ diagnostic: Diagnostic, _ service: String?) {
      let key = diagnostic.identity
      if found[key] == nil {
        order.append(key)
        found[key] = (diagnostic, [])
      }
      if let service, found[key]?.services.contains(service) == false {
        found[key]?.services.append(service)
      }
    }
    for diagnostic in given { add(diagnostic, nil) }
    for rule in LintRegistry.configurationRules {
      for diagnostic in rule.init().findings(in: configuration) { add(diagnostic, nil) }
    }
    for service in configuration.services {
      for diagnostic in Linter.findings(in: service) { add(diagnostic, service.name) }
    }
    var suppressions = Suppressions(configuration.files)
    let kept = order.compactMap { found[$0] }.filter { suppressions.keeps($0.diagnostic) }
      .map(withServices)
    return (kept + suppressions.findings(isOnline: isOnline))
      .filter { includesInfo || $0.severity != .info }
      .sorted(by: Linter.comesBefore)
  }

  /// Start-up checks and rules over one service.
  static func findings(in service: LintedService) -> [Diagnostic] {
    let checks = PolicyChecks.diagnostics(service.source, settings: service.settings)
    return checks + LintRegistry.rules.flatMap { $0.init().findings(in: service) }
  }

  private func withServices(_ found: (diagnostic: Diagnostic, services: [String])) -> Diagnostic {
    guard !found.services.isEmpty, found.services.count < configuration.services.count else {
      return found.diagnostic
    }
    var diagnostic = found.diagnostic
    let names = found.services.joined(separator: ", ")
    diagnostic.notes.append(Diagnostic.Note(range: nil, message: "in service \(names)"))
    return diagnostic
  }

  /// By file and place; what has no place comes last.
  private static func comesBefore(_ left: Diagnostic, _ right: Diagnostic) -> Bool {
    guard let first = left.range else { return false }
    guard let second = right.range else { return true }
    return (first.file, first.line, first.column) < (second.file, second.line, second.column)
  }
}
