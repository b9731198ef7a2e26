import Foundation
import RestrictionDSL
import TestSupport
import Testing

@testable import LookupTables

/// `postmap-swift --check`: each finding with its place.
///
/// - Source: access(5), virtual(5), canonical(5), transport(5), aliases(5)
@Suite struct `Checking the text of a table` {
  struct Case: CustomTestStringConvertible {
    let purpose: TablePurpose
    var type = "hash"
    let text: String
    /// `line:column id` in order.
    let findings: [String]
    var testDescription: String { "\(purpose) \(type) \(text)" }
  }

  static let cases = [
    Case(
      purpose: .access,
      text: "example.com REJECT\nuser@example.com OK\nuser@ 550 5.7.1 no\n1.2.3 OK\n<> OK\n",
      findings: []),
    Case(
      purpose: .access, text: "a.example OK\nA.example  REJECT\n", findings: ["2:1 duplicate-key"]),
    Case(
      purpose: .access, text: "@a.example OK\n*.a.example OK\n",
      findings: ["1:1 unreachable-key", "2:1 unreachable-key"]),
    Case(
      purpose: .access, text: ".a.example OK\na.example. OK\n",
      findings: ["1:1 unreachable-key", "2:1 unreachable-key"]),
    Case(
      purpose: .access, text: "1.2.3. OK\n10.0.0.0/8 OK\n1.2.3.256 OK\n2001:DB8:0::1 OK\n",
      findings: (1...4).map { "\($0):1 unreachable-key" }),
    Case(
      purpose: .access, text: "a  REJCT\nb\n    reject_unknown_recipient_domian\n",
      findings: ["1:4 unknown-table-action", "3:5 unknown-table-action"]),
    Case(purpose: .access, text: "a strict\nb permit_mynetworks, reject\n", findings: []),
    Case(
      purpose: .access, text: "a hash:b\nb FILTER x\nc REDIRECT x\nd PREPEND x\ne , ,\n",
      findings: (1...5).map { "\($0):3 malformed-table-action" }),
    Case(purpose: .access, text: "ä 450 5.1.1 later\n", findings: ["1:7 contradictory-codes"]),
    Case(
      purpose: .access, text: "key\n\"a b\nc: OK\n",
      findings: ["1:1 malformed-line", "2:1 malformed-line", "3:1 malformed-line"]),
    Case(
      purpose: .access, type: "cidr",
      text: "10.0.0.0/8 REJECT\n10.1.0.0/16 OK\n!10.0.0.0/7 OK\n1.2.3.4/24 OK\n",
      findings: ["2:1 unreachable-key", "4:1 malformed-line"]),
    Case(
      purpose: .access, type: "cidr", text: "::/0  REJCT\n", findings: ["1:7 unknown-table-action"]),
    Case(
      purpose: .access, type: "pcre",
      text: "/^a/ OK\n/^a/i OK\n/^a/ REJECT\n/(b)/ $1\n/.*/ DUNNO\n/c/ OK\n",
      findings: ["3:1 unreachable-key", "6:1 unreachable-key"]),
    Case(
      purpose: .access, type: "regexp", text: "/a/!/b/ OK\n/a/!/b/ OK\n/[/ OK\n/c/  REJCT x\n",
      findings: ["3:1 malformed-line", "4:6 unknown-table-action"]),
    Case(
      purpose: .virtual,
      text: "a.example anything\nx@a.example y, z@b.example\n@a.example all@b.example\n",
      findings: []),
    Case(
      purpose: .virtual, text: "x@a.example y, |cmd\nz /file\nw :include:/f\n",
      findings: ["1:16 malformed-value", "2:3 malformed-value", "3:3 malformed-value"]),
    Case(
      purpose: .virtual, text: ".a.example x\n*@a.example x\nuser@ x\n",
      findings: (1...3).map { "\($0):1 unreachable-key" }),
    Case(
      purpose: .canonical, text: "a b@c\na.example b\n@d e, f\n",
      findings: ["2:1 unreachable-key", "3:4 malformed-value"]),
    Case(purpose: .relocated, text: "a anything at all, really\n", findings: []),
    Case(
      purpose: .transport, text: "* smtp:x\n.a.example smtp:[b]:25\nu@a.example :\n", findings: []),
    Case(
      purpose: .transport, text: "*.a smtp:x\n@b smtp:x\nc d.example\ne [f]:25\n",
      findings: [
        "1:1 unreachable-key", "2:1 unreachable-key", "3:3 malformed-value", "4:3 malformed-value",
      ]),
    Case(purpose: .aliases, text: "root: joe\n\"a b\": |\"/bin/x y\", :include:/f\n", findings: []),
    Case(
      purpose: .aliases, text: "root: joe\nROOT: x\na@b: c\nd: :include:e\nf\ng:\n",
      findings: [
        "2:1 duplicate-key", "3:1 unreachable-key", "4:4 malformed-value", "5:1 malformed-line",
        "6:1 malformed-line",
      ]),
  ]

  @Test(arguments: cases)
  func `finds what is wrong, and where`(example: Case) throws {
    let folder = try TemporaryFolder()
    try folder.write("table", Bytes(example.text))
    let settings = Settings.forTesting(["smtpd_restriction_classes": "strict"])
    let check = try TableCheck(
      TableSpec(type: example.type, name: folder.path + "/table"), example.purpose,
      settings: settings, options: TableOptions(smtputf8: true))
    let found = check.diagnostics.map { finding in
      "\(finding.range?.line ?? 0):\(finding.range?.column ?? 0) \(finding.id)"
    }
    #expect(found == example.findings)
  }

  @Test func `knows that parents of access tables may be asked for with a dot`() throws {
    let folder = try TemporaryFolder()
    try folder.write("table", Bytes(".a.example OK\n"))
    let settings = Settings.forTesting(["parent_domain_matches_subdomains": "mynetworks"])
    let check = try TableCheck(
      TableSpec(type: "hash", name: folder.path + "/table"), .access, settings: settings,
      options: TableOptions(smtputf8: true))
    #expect(check.diagnostics == [])
  }

  @Test func `ends as lint does: 0 clean, 1 an error, 2 unreadable`() throws {
    let folder = try TemporaryFolder()
    try folder.write("good", Bytes("a.example OK\n"))
    try folder.write("odd", Bytes("@a.example OK\n"))
    try folder.write("bad", Bytes("a.example REJCT\n"))
    func run(_ words: String...) -> (Int32, String) {
      let output = Programs.run(
        Programs.postmap, words, environment: folder.environment, directory: folder.path)
      return (output.status, String(decoding: output.standardOutput, as: UTF8.self))
    }
    #expect(run("--check", "access", "hash:good") == (0, "no findings; 1 entry\n"))
    #expect(run("--check", "access", "hash:odd").0 == 0)
    #expect(run("--strict", "--check", "access", "hash:odd").0 == 1)
    #expect(
      run("--check", "access", "good", "hash:bad") == (
        1,
        """
        bad:1:11: error: 'REJCT' is no action and no restriction [unknown-table-action]
        1 | a.example REJCT
          |           ^~~~~ did you mean 'REJECT'?
        1 finding (1 error); 2 entries

        """
      ))
    #expect(run("--check", "access", "hash:none").0 == 2)
    #expect(run("--check", "nonsense", "hash:good").0 == 1)
  }
}
