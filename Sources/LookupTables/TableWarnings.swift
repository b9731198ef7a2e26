import RestrictionDSL

/// Warnings that belong to no error: the key was not UTF-8, a pattern gave up.
///
/// They wait here until the owner of the tables takes them to the log.
final class TableWarnings {
  private(set) var lines: [String] = []

  func add(_ line: String) { lines.append(line) }

  /// Hands the lines over and forgets them.
  func take() -> [String] {
    guard !lines.isEmpty else { return [] }
    defer { lines = [] }
    return lines
  }
}
