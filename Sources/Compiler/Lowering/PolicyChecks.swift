import RestrictionDSL

/// What start-up finds wrong in the lists, in the order in which Postfix would say it.
struct PolicyChecks {
  private let source: PolicySource
  private let settings: Settings
  private var diagnostics: [Diagnostic] = []

  static func diagnostics(_ source: PolicySource, settings: Settings) -> [Diagnostic] {
    var checks = PolicyChecks(source: source, settings: settings)
    for stage in Stage.allCases { checks.check(source.list(stage), stage: stage) }
    for restrictionClass in source.classOrder { checks.check(restrictionClass.list, stage: nil) }
    checks.checkClasses()
    checks.diagnostics += RelayGate.diagnostics(source, settings: settings)
    checks.checkTemporaryFailureActions()
    return checks.distinct
  }

  private init(source: PolicySource, settings: Settings) {
    self.source = source
    self.settings = settings
  }

  /// A place that was found by two checks is reported once, with the log line if there is one.
  private var distinct: [Diagnostic] {
    let spoken = Set(
      diagnostics.filter { $0.logLine != nil }.map(\.identity))
    return diagnostics.filter { $0.logLine != nil || !spoken.contains($0.identity) }
  }

  private mutating func report(
    _ severity: Diagnostic.Severity, _ id: String, _ message: String,
    at element: RestrictionElement,
    help: String? = nil, logLine: String? = nil
  ) {
    diagnostics.append(
      Diagnostic(
        severity, id, message, at: element.range, help: help, notes: element.notes,
        logLine: logLine))
  }

  private mutating func check(_ list: RestrictionList, stage: Stage?) {
    checkWords(list.elements)
    for restriction in list.restrictions { check(restriction, stage: stage) }
  }

  /// Table attributes and policy endpoints are looked at word by word, as the opener does.
  private mutating func checkWords(_ elements: [RestrictionElement]) {
    var before = ""
    for element in elements {
      defer { before = element.text }
      if before.lowercased() == RestrictionName.checkPolicyService.rawValue {
        checkPolicyService(element)
      } else if case .malformed(_, let messages)? = TableReference(element.text) {
        for message in messages {
          report(
            .error, "table-attributes", message, at: element, logLine: "warning: \(message)")
        }
      }
    }
  }

  private mutating func checkPolicyService(_ element: RestrictionElement) {
    do {
      _ = try PolicyService(element.text)
    } catch {
      report(
        .error, "policy-service", error.message, at: element,
        help: "expected inet:host:port or unix:path", logLine: "fatal: \(error.message)")
    }
  }

  private mutating func check(_ restriction: Restriction, stage: Stage?) {
    let element = restriction.element
    switch restriction.kind {
    case .unknown: reportUnknown(element)
    case .class: break
    case .bareTable:
      if let stage, stage.defaultTableRestriction == nil {
        report(
          .error, "bare-table", "table '\(element.text)' needs the name of a check in front",
          at: element, help: "for instance check_client_access \(element.text)")
      }
    case .builtin(let name, let argument):
      checkArgument(name, argument, of: restriction)
      checkSpelling(element)
      checkFollower(name, of: restriction)
    }
  }

  private mutating func reportUnknown(_ element: RestrictionElement) {
    var known = RestrictionCatalog.all.map(\.spelling)
    known += source.classOrder.map(\.name)
    let nearest = NearestName.of(element.text, among: known)
    var help = nearest.map { "did you mean '\($0)'?" }
    if nearest == nil, element.text.contains("."),
      DomainName.isValidHostname(Bytes(element.text).span)
    {
      help = "for a DNS list write reject_rbl_client \(element.text)"
    }
    if settings.entry(element.text) != nil {
      help = "name it in smtpd_restriction_classes to use it as a class"
    } else if element.text.hasPrefix("#") {
      help = "a comment cannot follow a value"
    }
    diagnostics.append(
      Diagnostic(
        .error, "unknown-restriction", "unknown restriction '\(element.text)'", at: element.range,
        help: help, notes: element.notes,
        fixIt: nearest.flatMap { FixIt.writing($0, for: element.text, at: element.range) }))
  }

  private mutating func checkArgument(
    _ name: RestrictionName, _ argument: RestrictionElement?, of restriction: Restriction
  ) {
    let element = restriction.element
    let wanted: String
    switch RestrictionCatalog.entry(of: name).argument {
    case .none, .restriction: return
    case .table:
      if argument?.text.utf8.contains(0x3A) == true { return }
      wanted = "a table (type:name)"
    case .domain:
      guard argument == nil else { return }
      wanted = "a DNS list domain"
    case .policyService:
      // One without colon was reported with its fatal line.
      guard argument == nil else { return }
      wanted = "a policy service (transport:endpoint)"
    case .number:
      if let digits = argument?.text.utf8, digits.allSatisfy(\.isASCIIDigit) { return }
      wanted = "a number of seconds"
    }
    let found = argument.map { "found '\($0.text)'" } ?? "found the end of the list"
    report(
      .error, "missing-argument", "'\(element.text)' needs \(wanted), \(found)",
      at: argument ?? element)
  }

  private mutating func checkSpelling(_ element: RestrictionElement) {
    guard let entry = RestrictionCatalog.entry(element.text), let modern = entry.modern else {
      return
    }
    let removed = entry.removedIn.map { ", removed in Postfix \($0)" } ?? ""
    diagnostics.append(
      Diagnostic(
        .warning, "old-restriction-name", "'\(element.text)' is an old name\(removed)",
        at: element.range, help: "use '\(modern)'", notes: element.notes,
        // What was removed has no successor that means the same.
        fixIt: entry.removedIn == nil
          ? FixIt.writing(modern, for: element.text, at: element.range) : nil))
  }

  private mutating func checkFollower(_ name: RestrictionName, of restriction: Restriction) {
    guard let follower = restriction.follower else { return }
    switch name {
    case .permit: break
    case .reject, .defer, .checkRelayDomains:
      if restriction.warns { return }
    default: return
    }
    report(
      .warning, "unreachable-restriction",
      "'\(follower)' after '\(name.rawValue)' is never evaluated",
      at: RestrictionElement(
        follower, range: restriction.followerRange ?? restriction.element.range,
        notes: restriction.element.notes))
  }

  private mutating func checkClasses() {
    for element in source.undefinedClasses {
      report(
        .error, "class-without-definition", "restriction class '\(element.text)' has no definition",
        at: element, help: "add '\(element.text) = …' to main.cf",
        logLine: "fatal: restriction class `\(element.text)' needs a definition")
    }
    for restrictionClass in source.classOrder {
      if RestrictionCatalog.entry(restrictionClass.name) != nil {
        report(
          .error, "class-shadowed",
          "class '\(restrictionClass.name)' has the name of a restriction "
            + "and is never used",
          at: RestrictionElement(restrictionClass.name, range: restrictionClass.range))
      }
      if let path = cycle(from: restrictionClass.name) {
        report(
          .error, "class-cycle",
          "class '\(restrictionClass.name)' contains itself: \(path.joined(separator: " -> "))",
          at: RestrictionElement(restrictionClass.name, range: restrictionClass.range))
      }
    }
  }

  /// Classes from `name` back to `name`.
  private func cycle(from name: String) -> [String]? {
    var stack = [[name]]
    var seen: Set<String> = []
    while let path = stack.popLast() {
      guard let last = path.last, let list = source.classes[last]?.list else { continue }
      for restriction in list.restrictions where restriction.kind == .class {
        let next = restriction.element.text
        if next == name { return path + [next] }
        if seen.insert(next).inserted { stack.append(path + [next]) }
      }
    }
    return nil
  }

  /// - Source: facts restrictions.md §3: order of the test helo, address, recipient, sender
  private mutating func checkTemporaryFailureActions() {
    let names = [
      "unknown_helo_hostname_tempfail_action", "unknown_address_tempfail_action",
      "unverified_recipient_tempfail_action", "unverified_sender_tempfail_action",
    ]
    for name in names {
      guard let entry = settings.entry(name) else { continue }
      let value = entry.value.lowercased()
      guard value != "defer" && value != "defer_if_permit" else { continue }
      report(
        .error, "bad-tempfail-action",
        "'\(entry.value)' is no action for \(name)",
        at: RestrictionElement(entry.value, range: entry.range),
        help: "use defer or defer_if_permit",
        logLine: "fatal: bad configuration: \(name) = \(entry.value)")
    }
  }
}
