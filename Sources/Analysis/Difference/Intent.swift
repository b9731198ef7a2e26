import RestrictionDSL
import Runtime

/// What a change of the policy is allowed to change: one line for each kind of session.
///
/// ```
/// # anything may happen to mail for lists
/// any recipient=@lists.example.org
/// narrower client=198.51.100.0/24
/// text
/// ```
public struct Intent: Sendable {
  struct Rule: Hashable, Sendable {
    /// `nil`: every kind.
    let kind: PolicyChange.Kind?
    let patterns: [Dimension: String]
  }

  let rules: [Rule]

  /// Why a line is none.
  public struct SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    public let line: Int
    public let reason: String
    public var description: String { "line \(line): \(reason)" }
  }

  public init(_ text: String) throws(SyntaxError) {
    var rules: [Rule] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: { $0 == " " || $0 == "\t" })
        .map(String.init)
      guard let first = words.first else { continue }
      let kind = PolicyChange.Kind(rawValue: first.uppercased())
      guard kind != nil || first == "any" else {
        throw SyntaxError(
          line: index + 1, reason: "'\(first)': need wider, narrower, text, effect or any")
      }
      var patterns: [Dimension: String] = [:]
      for word in words.dropFirst() {
        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let dimension = Intent.dimensions[parts[0]] else {
          throw SyntaxError(
            line: index + 1, reason: "'\(word)': need client=, name=, helo=, sender= or recipient=")
        }
        patterns[dimension] = parts[1]
      }
      rules.append(Rule(kind: kind, patterns: patterns))
    }
    self.rules = rules
  }

  private static let dimensions: [String: Dimension] = [
    "client": .address, "name": .name, "helo": .helo, "sender": .sender, "recipient": .recipient,
  ]

  /// Whether one rule allows the change for every session of a region.
  func allows(_ kind: PolicyChange.Kind, _ region: Region, _ space: SessionSpace) -> Bool {
    rules.contains { rule in
      (rule.kind == nil || rule.kind == kind)
        && rule.patterns.allSatisfy { dimension, pattern in
          region[dimension].allSatisfy { Intent.matches(pattern, space, dimension, $0) }
        }
    }
  }

  private static func matches(
    _ pattern: String, _ space: SessionSpace, _ dimension: Dimension, _ index: Int
  ) -> Bool {
    switch dimension {
    case .address: return matches(pattern, space.addresses[index])
    case .name:
      switch space.names[index] {
      case .verified(let name), .forged(let name), .unconfirmed(let name):
        return matches(pattern, name)
      case .missing, .temporary: return pattern == "unknown"
      }
    case .helo: return matches(pattern, space.helos[index] ?? [])
    case .sender: return matches(pattern, space.senders[index])
    case .recipient: return matches(pattern, space.recipients[index])
    case .login, .channel, .pipelining, .count: return true
    }
  }

  private static func matches(_ pattern: String, _ address: IPAddress) -> Bool {
    let parts = pattern.split(separator: "/").map(String.init)
    guard let first = parts.first, let base = IPAddress(first) else { return false }
    let length = parts.count > 1 ? Int(parts[1]) ?? -1 : base.bitWidth
    return IPNetwork(base, prefixLength: length)?.contains(address) ?? false
  }

  /// `*`, `<>`, `@domain`, `domain` with what is below it, or the whole text.
  private static func matches(_ pattern: String, _ text: Bytes) -> Bool {
    if pattern == "*" { return true }
    if pattern == "<>" { return text.isEmpty }
    let text = text.text.lowercased()
    let pattern = pattern.lowercased()
    if pattern.hasPrefix("@") { return text.hasSuffix(pattern) }
    return text == pattern || text.hasSuffix("." + pattern)
  }
}
