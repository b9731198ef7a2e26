import Foundation
import TestSupport
import Testing

@testable import RestrictionDSL

/// The literals that the sources give to the functions of ``Settings``, compared with the
/// catalogue.
@Suite struct `Use of settings` {
  struct Use: Hashable {
    let function: String
    let name: String
    let file: String
  }

  static func uses() throws -> [Use] {
    let root = Fixtures.package.appending(path: "Sources")
    let files = try #require(
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    let pattern =
      #/\.(bool|int|seconds|string|list|isSet|entry|elements)\(\s*(?:of: )?"([A-Za-z0-9_]+)"/#
    var uses: [Use] = []
    // Clients of remote tables read parameters of the tables in the same words; a migration edits some.
    for case let url as URL in files
    where url.pathExtension == "swift" && !url.path.contains("LookupTables/Remote")
      && !url.path.contains("LookupTables/Migration")
    {
      let text = try String(contentsOf: url, encoding: .utf8)
      for match in text.matches(of: pattern) {
        uses.append(
          Use(
            function: String(match.output.1), name: String(match.output.2),
            file: url.lastPathComponent))
      }
    }
    try #require(uses.count > 100)
    return uses
  }

  static let kinds: [String: Set<Parameter.Kind>] = [
    "bool": [.bool, .nbool], "int": [.int, .nint, .long], "seconds": [.time],
    "list": [.list, .maps, .restrictions, .string, .style],
    "elements": [.list, .maps, .restrictions, .string],
    "string": [.string, .raw, .list, .maps, .style, .restrictions],
  ]

  @Test func `names only parameters of the catalogue, by their kind`() throws {
    for use in try Self.uses() {
      let parameter = ParameterCatalog.parameter(use.name)
      #expect(parameter != nil, "\(use.function)(\"\(use.name)\") in \(use.file)")
      guard let parameter, let kinds = Self.kinds[use.function] else { continue }
      #expect(
        kinds.contains(parameter.kind),
        "\(use.function)(\"\(use.name)\") in \(use.file) is of kind \(parameter.kind)")
    }
  }

  /// Rows of the catalogue that no source outside of it names; a migration edits the text of some, and lint
  /// knows whose files some name.
  static func unused() throws -> Set<String> {
    let root = Fixtures.package.appending(path: "Sources")
    let files = try #require(
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    var text = ""
    for case let url as URL in files
    where url.pathExtension == "swift" && !url.path.contains("RestrictionDSL/Parameters")
      && !url.path.contains("Analysis/Pages") && !url.path.contains("LookupTables/Migration")
      && !url.path.contains("Lint/FileInspection")
    {
      text += try String(contentsOf: url, encoding: .utf8)
    }
    return Set(ParameterCatalog.all.map(\.name).filter { !text.contains("\"\($0)\"") })
  }

  @Test func `is there for every row, or the row is known not to be honoured`() throws {
    let unhonoured = Set(UnhonouredParameters.groups.flatMap(\.names))
    let elsewhere = Set(UnhonouredParameters.elsewhere.flatMap(\.names))
    let unused = try Self.unused()
    #expect(unhonoured.isDisjoint(with: elsewhere))
    #expect(unused.subtracting(unhonoured).subtracting(elsewhere).sorted() == [])
    // What is read is not called unhonoured.
    #expect(unhonoured.union(elsewhere).subtracting(unused).sorted() == [])
  }

  @Test func `is missed by name where the row is set to something else than its default`() {
    func names(_ values: [String: String]) -> [String] {
      UnhonouredParameters.diagnostics(.forTesting(values)).map(\.message)
    }
    #expect(names([:]) == [])
    #expect(
      names(["in_flow_delay": "1s", "default_process_limit": "100", "milter_protocol": "6"]) == [])
    #expect(
      names(["in_flow_delay": "0"]) == [
        "parameter 'in_flow_delay' is not honoured: this server does the work of the other program "
          + "itself"
      ])
    // Each one, with a value of its own.
    for parameter in ParameterCatalog.all where UnhonouredParameters.reason(parameter.name) != nil {
      let value: String
      switch parameter.kind {
      case .bool, .nbool: value = parameter.defaultText == "yes" ? "no" : "yes"
      case .int, .nint, .long: value = "\(max(parameter.minimum, 7) + 1)"
      case .time: value = "3s"
      case .maps: value = "inline:{a=b}"
      default: value = "something-else"
      }
      let wanted = "parameter '\(parameter.name)' "
      #expect(
        names([parameter.name: value]).contains { $0.hasPrefix(wanted) },
        "\(parameter.name) = \(value)")
    }
  }
}
