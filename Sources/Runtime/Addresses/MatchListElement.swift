import LookupTables
import RestrictionDSL

/// One element of a match list as analyses see it.
public struct MatchListElement: Hashable, Sendable {
  public enum Pattern: Hashable, Sendable {
    /// A name, address or other text, in lower case; the network where it is one.
    case literal(Bytes, IPNetwork?)
    case table(TableSpec)
    /// A list file that could not be read, or a network that cannot be used: the list fails here.
    case unusable(String)
  }

  /// `false` where `!` stands in front.
  public let isPositive: Bool
  public let pattern: Pattern

  init(_ element: MatchElement) {
    isPositive = element.isPositive
    switch element.pattern {
    case .table(let table): pattern = .table(table.spec)
    case .unavailable(let name, _): pattern = .unusable(name)
    case .literal(let literal):
      switch literal.network {
      case .success(let network)?: pattern = .literal(literal.text, network)
      case .failure(let bad)?: pattern = .unusable(bad.reason)
      case nil:
        pattern = .literal(
          literal.text,
          IPAddress(literal.text).flatMap {
            IPNetwork($0, prefixLength: $0.bitWidth)
          })
      }
    }
  }

  /// As written, in lower case.
  public var text: String {
    let body =
      switch pattern {
      case .literal(let text, _): text.text
      case .table(let spec): spec.description
      case .unusable(let name): name
      }
    return isPositive ? body : "!" + body
  }
}
