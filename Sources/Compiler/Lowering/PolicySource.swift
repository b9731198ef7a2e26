import RestrictionDSL

/// The restriction lists and classes of a service, parsed and not yet checked.
public struct PolicySource: Sendable {
  public let lists: [Stage: RestrictionList]
  /// By name; a class without definition is missing here and in ``undefinedClasses``.
  public let classes: [String: RestrictionClass]
  /// Classes in the order of smtpd_restriction_classes.
  public let classOrder: [RestrictionClass]
  /// Names of smtpd_restriction_classes without value.
  public let undefinedClasses: [RestrictionElement]

  /// - Parameter settings: the parameters of the service.
  public init(settings: Settings) {
    let names = settings.elements(of: "smtpd_restriction_classes")
    let defined = names.filter { !settings.string($0.text).isEmpty }
    let parser = RestrictionParser(classes: Set(defined.map(\.text)))
    undefinedClasses = names.filter { settings.string($0.text).isEmpty }
    var classes: [String: RestrictionClass] = [:]
    for name in defined {
      let list = parser.parse(settings.elements(of: name.text))
      classes[name.text] = RestrictionClass(name: name.text, list: list, range: name.range)
    }
    self.classes = classes
    var seen: Set<String> = []
    classOrder = defined.filter { seen.insert($0.text).inserted }.compactMap { classes[$0.text] }
    var lists: [Stage: RestrictionList] = [:]
    for stage in Stage.allCases {
      lists[stage] = parser.parse(settings.elements(of: stage.parameterName))
    }
    self.lists = lists
  }

  /// The list of a stage.
  public func list(_ stage: Stage) -> RestrictionList {
    lists[stage] ?? RestrictionList(restrictions: [], elements: [])
  }

  /// All lists in the order in which start-up reads them, classes last.
  public var allLists: [RestrictionList] {
    Stage.allCases.map(list) + classOrder.map(\.list)
  }
}
