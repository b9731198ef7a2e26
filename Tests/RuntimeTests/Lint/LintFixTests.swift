import Compiler
import Foundation
import LookupTables
import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct `Lint fixes` {
  private func fixed(_ directory: LintDirectory, id: String) throws -> FixWriter {
    let lint = try directory.lint()
    return FixWriter(
      lint.diagnostics.filter { $0.id == id }, files: lint.files, options: lint.tableOptions)
  }

  /// facts policy-analysis.md §4: what is safe to mend.
  static let fixable = [
    "dns-list-without-filter", "unknown-restriction", "unused-parameter", "comment-in-value",
    "berkeley-db-table", "old-restriction-name",
  ]

  @Test(arguments: fixable)
  func `leave nothing to find`(id: String) throws {
    let page = try #require(LintRegistry.page(id))
    let directory = try LintDirectory(page.bad)
    #expect(try directory.ids().contains(id))
    let writer = try fixed(directory, id: id)
    #expect(writer.failures == [])
    #expect(!writer.messages.isEmpty)
    let after = try directory.lint().diagnostics
    #expect(!after.contains { $0.fixIt != nil }, "\(after)")
    #expect(!after.contains { $0.id == id || $0.severity == .error }, "\(after)")
  }

  @Test func `keep what they do not mend, with mode`() throws {
    let directory = try LintDirectory([
      (
        "main.cf",
        "smtpd_client_restrictions = permit_mynetworks # öur own\n  rejct_unauth_pipelining\n"
      )
    ])
    let path = directory.path + "/main.cf"
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    let lint = try directory.lint()
    let writer = FixWriter(lint.diagnostics, files: lint.files, options: lint.tableOptions)
    #expect(writer.messages == ["changed \(path)"])
    #expect(
      try directory.read("main.cf").hasPrefix(
        "# öur own\nsmtpd_client_restrictions = permit_mynetworks \n  reject_unauth_pipelining\n"))
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o640)
  }

  @Test func `leave a $name in a word alone`() throws {
    let directory = try LintDirectory([
      (
        "main.cf",
        "base = /etc/postfix\nlist = bl.example\nword = reject_non_fqdn\nsmtpd_client_restrictions =\n"
          + "  check_client_access hash:$base/clients,\n  reject_rbl_client zen.$list,\n"
          + "  ${word}_sendr\n"
      ), ("clients", "a.example REJECT\n"),
    ])
    let lint = try directory.lint()
    let writer = FixWriter(lint.diagnostics, files: lint.files, options: lint.tableOptions)
    #expect(writer.failures == [])
    #expect(
      try directory.read("main.cf").contains(
        "check_client_access lmdb:$base/clients,\n  reject_rbl_client zen.$list,\n"
          + "  ${word}_sendr\n"))
    #expect(try !directory.ids().contains("table-unavailable"))
  }

  @Test func `are known to a baseline by what they say, not by their place`() throws {
    let line = "smtpd_client_restrictions = reject_rbl_client a.example\n"
    let directory = try LintDirectory([("main.cf", line)])
    let baseline = Baseline(Bytes(Baseline(try directory.lint().diagnostics).text))
    #expect(baseline.filter(try directory.lint().diagnostics) == [])
    try directory.write("main.cf", "\n\n" + line + "smtpd_sender_restrictions = rejct\n")
    #expect(
      baseline.filter(try directory.lint().diagnostics).map(\.id) == ["unknown-restriction"])
  }
}
