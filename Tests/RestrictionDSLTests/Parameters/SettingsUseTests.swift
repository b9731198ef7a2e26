import Foundation
import RestrictionDSL
import TestSupport
import Testing

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
    for case let url as URL in files where url.pathExtension == "swift" {
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

  @Test func `leaves these rows of the catalogue to be used`() throws {
    let root = Fixtures.package.appending(path: "Sources")
    let files = try #require(
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    var text = ""
    for case let url as URL in files
    where url.pathExtension == "swift" && !url.path.contains("RestrictionDSL/Parameters") {
      text += try String(contentsOf: url, encoding: .utf8)
    }
    let unused = ParameterCatalog.all.map(\.name).filter { !text.contains("\"\($0)\"") }
    print("\(unused.count) parameters that no source uses: \(unused.joined(separator: " "))")
    #expect(unused.count < ParameterCatalog.all.count)
  }
}
