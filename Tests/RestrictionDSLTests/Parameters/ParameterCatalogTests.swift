import Foundation
import RestrictionDSL
import TestSupport
import Testing

@Suite struct `Parameter catalogue` {
  /// Where this server's default is not the one of the table, and why.
  static let deviations: [String: String] = [
    "smtpd_client_ipv6_prefix_length": "128",  // 3.7 counts single addresses
    "requiretls_enable": "no",  // 3.7 does not offer REQUIRETLS
    "smtpd_sasl_application_name": "smtpd",  // the default of 2.1
  ]

  // Source: facts parameters.tsv
  @Test func `holds every row of the facts`() throws {
    let rows = try Fixtures.table("parameters.tsv")
    #expect(rows.count > 390)
    for row in rows {
      let name = try #require(row["name"])
      let parameter = try #require(ParameterCatalog.parameter(name))
      #expect(parameter.kind.rawValue == row["kind"], "\(name)")
      #expect(parameter.minimum == Int(row["min"] ?? "") ?? 0, "\(name)")
      #expect(parameter.maximum == Int(row["max"] ?? "") ?? 0, "\(name)")
      #expect(parameter.since == row["since"], "\(name)")
      #expect(parameter.summary == row["description"], "\(name)")
      let current = try #require(row["default_3.7.11"])
      if let deviation = Self.deviations[name] {
        #expect(parameter.defaultText == deviation, "\(name)")
      } else if current.hasPrefix("(computed") || current == "(runtime)" {
        #expect(parameter.defaultText == nil, "\(name)")
      } else {
        let text = current == "(absent)" ? row["default_3.12_if_different"] ?? "" : current
        let isEmpty = text.hasPrefix("(") && text.hasSuffix(")")
        #expect(parameter.defaultText == (isEmpty ? "" : text), "\(name)")
      }
    }
  }

  // Source: facts all-parameters.tsv
  @Test func `knows every other parameter`() throws {
    let rows = try Fixtures.table("all-parameters.tsv")
    let known = Dictionary(uniqueKeysWithValues: KnownParameter.all.map { ($0.name, $0) })
    var checked = 0
    for row in rows where row["in_parameters_tsv"] == "n" {
      let name = try #require(row["name"])
      let text = try #require(row["default_3.7.11"])
      // What other programs read in Postfix, and this server by itself.
      if let own = ParameterCatalog.parameter(name) {
        #expect(own.defaultText == text, "\(name)")
        #expect(known[name] == nil, "\(name)")
        continue
      }
      // A name that ends with an underscore is a prefix, one per transport a suffix.
      if name.hasSuffix("_") || known[name] == nil && isTransportName(name) { continue }
      let parameter = try #require(known[name], "\(name)")
      if text.hasPrefix("(not in") {
        #expect(parameter.defaultText == nil, "\(name)")
      } else if text != "(computed)" {
        #expect(parameter.defaultText == text, "\(name)")
      }
      checked += 1
    }
    #expect(checked == known.count)
  }

  private func isTransportName(_ name: String) -> Bool {
    TransportParameters.suffixes.contains { name.hasSuffix($0) }
  }

  @Test func `names successors that exist`() {
    for (old, new) in ParameterCatalog.synonyms {
      #expect(ParameterCatalog.parameter(new) != nil, "\(old)")
    }
    for parameter in ParameterCatalog.all {
      guard let successor = parameter.replacedBy else { continue }
      #expect(ParameterCatalog.parameter(successor) != nil, "\(parameter.name)")
    }
  }
}
