/// Words to restrictions.
///
/// Parsing never fails: what Postfix finds wrong only when evaluation reaches it stays in the
/// list as ``Restriction/Kind/unknown`` or with the argument that is there.
public struct RestrictionParser: Sendable {
  private let classes: Set<String>

  /// - Parameter classes: names of smtpd_restriction_classes.
  public init(classes: Set<String>) { self.classes = classes }

  /// Parses one list.
  ///
  /// A name takes the next element as its argument whatever that is; the relay gate and the
  /// table opener of start-up look at the words again, as Postfix does.
  public func parse(_ elements: [RestrictionElement]) -> RestrictionList {
    var restrictions: [Restriction] = []
    var warns = false
    var index = 0
    while index < elements.count {
      let element = elements[index]
      index += 1
      let entry = element.text.utf8.contains(0x3A) ? nil : RestrictionCatalog.entry(element.text)
      if entry?.name == .warnIfReject {
        warns = true
        continue
      }
      var argument: RestrictionElement?
      if let entry, entry.argument != .none, index < elements.count {
        argument = elements[index]
        index += 1
      }
      restrictions.append(
        Restriction(
          kind(of: element, entry, argument), element, warns: warns,
          follower: index < elements.count ? elements[index] : nil))
      warns = false
    }
    return RestrictionList(restrictions: restrictions, elements: elements)
  }

  /// Parses text without origins, for instance the right-hand side of an access table.
  public func parse(_ text: String) -> RestrictionList {
    parse(Settings.split(text).map { RestrictionElement($0) })
  }

  private func kind(
    of element: RestrictionElement, _ entry: RestrictionCatalog.Entry?,
    _ argument: RestrictionElement?
  ) -> Restriction.Kind {
    if element.text.utf8.contains(0x3A) { return .bareTable }
    if let entry { return .builtin(entry.name, argument: argument) }
    return classes.contains(element.text) ? .class : .unknown
  }
}
