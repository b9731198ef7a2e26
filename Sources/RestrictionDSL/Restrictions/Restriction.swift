/// A word of a restriction list and where it is written.
public struct RestrictionElement: Hashable, Sendable {
  /// As written; an element in braces includes them.
  public let text: String
  public let range: SourceRange?
  /// The `$name`s it was reached through.
  public let notes: [Diagnostic.Note]

  public init(_ text: String, range: SourceRange? = nil, notes: [Diagnostic.Note] = []) {
    self.text = text
    self.range = range
    self.notes = notes
  }
}

/// One restriction as written in main.cf or in an access table.
public struct Restriction: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// A built-in name with the element that its row of the catalogue takes; `nil` where the list
    /// ends.
    case builtin(RestrictionName, argument: RestrictionElement?)
    /// An element with a colon in the place of a name: the default access check of its stage.
    case bareTable
    /// A name of smtpd_restriction_classes.
    case `class`
    /// Neither a built-in name nor a class.
    case unknown
  }

  public let kind: Kind
  /// The name, or the table of a bare one.
  public let element: RestrictionElement
  /// Under warn_if_reject.
  public let warns: Bool
  /// The element after the restriction and its argument, in the same list.
  public let follower: String?
  public let followerRange: SourceRange?

  public init(
    _ kind: Kind, _ element: RestrictionElement, warns: Bool, follower: RestrictionElement?
  ) {
    self.kind = kind
    self.element = element
    self.warns = warns
    self.follower = follower?.text
    followerRange = follower?.range
  }
}

/// A list: its restrictions and the words they were made from.
public struct RestrictionList: Hashable, Sendable {
  public let restrictions: [Restriction]
  /// What start-up looks at word by word: tables to open, the relay gate.
  public let elements: [RestrictionElement]

  public init(restrictions: [Restriction], elements: [RestrictionElement]) {
    self.restrictions = restrictions
    self.elements = elements
  }
}

/// A list with a name, from smtpd_restriction_classes.
public struct RestrictionClass: Hashable, Sendable {
  public let name: String
  public let list: RestrictionList
  /// Where smtpd_restriction_classes names it.
  public let range: SourceRange?

  public init(name: String, list: RestrictionList, range: SourceRange?) {
    self.name = name
    self.list = list
    self.range = range
  }
}
