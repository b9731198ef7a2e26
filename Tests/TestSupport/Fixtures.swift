import Foundation

/// Files that belong to the tests.
public enum Fixtures {
  /// A folder of fixtures was empty: a test over it would prove nothing.
  public struct EmptyFixtures: Error {
    public let folder: String

    public init(folder: String) { self.folder = folder }
  }

  /// The folder `Tests` of this package.
  public static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The package's own folder.
  public static let package = tests.deletingLastPathComponent()

  /// The rows of a tab-separated table below `Tests/Facts`, without comment lines; the first row names the columns.
  public static func table(_ name: String) throws -> [[String: String]] {
    let text = try String(contentsOf: tests.appending(path: "Facts/\(name)"), encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true).filter {
      !$0.hasPrefix("#")
    }
    guard lines.count > 1 else { throw EmptyFixtures(folder: name) }
    let names = lines[0].split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    return lines.dropFirst().map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(uniqueKeysWithValues: zip(names, fields))
    }
  }
}
