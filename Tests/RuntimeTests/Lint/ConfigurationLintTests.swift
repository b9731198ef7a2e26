import Foundation
import RestrictionDSL
import Runtime
import Testing

/// A configuration directory of its own, removed at the end.
private final class Directory {
  let path: String

  init(_ files: [String: String]) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "lint-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
    for (name, text) in files {
      try text.write(to: url.appending(path: name), atomically: true, encoding: .utf8)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func findings() throws -> [String] {
    try ConfigurationLint(directory: path, machine: .example).diagnostics.map { diagnostic in
      let place = diagnostic.range.map { "\($0.file.split(separator: "/").last ?? ""):\($0.line) " }
      return (place ?? "") + diagnostic.id
    }
  }
}

@Suite struct `Configuration lint` {
  @Test func `finds nothing in a good configuration`() throws {
    let directory = try Directory([
      "main.cf": "compatibility_level = 3.6\nlocal_recipient_maps = inline:{a=b}\n",
      "master.cf": "smtp inet n - n - - smtpd\n",
    ])
    #expect(try directory.findings() == [])
    #expect(
      try ConfigurationLint(directory: directory.path, machine: .example).scope
        == "1 service, 1 list, 1 table with 1 row")
  }

  @Test func `finds tables and files that are missing`() throws {
    let directory = try Directory([
      "main.cf": """
      compatibility_level = 3.6
      smtpd_client_restrictions = check_client_access cidr:/nonexistent/c
      mynetworks = 127.0.0.0/8, /nonexistent/list
      local_recipient_maps = texthash:/nonexistent/users

      """
    ])
    #expect(
      try directory.findings() == [
        "main.cf:2 table-unavailable", "main.cf:3 list-file-unavailable",
        "main.cf:4 table-unavailable",
      ])
  }

  @Test func `checks each service with its overrides`() throws {
    let directory = try Directory([
      "main.cf":
        "compatibility_level = 3.6\nsmtpd_sasl_auth_enable = yes\nsmtpd_tls_auth_only = yes\n",
      "master.cf": """
      smtp inet n - n - - smtpd
      submission inet n - n - - smtpd
        -o smtpd_relay_restrictions=permit_sasl_authenticated,reject_unauth_destination
      127.0.0.1:10025 inet n - n - - smtpd
        -o smtpd_client_restrictions=rejct

      """,
    ])
    #expect(
      try directory.findings() == [
        "master.cf:3 submission-without-reject", "master.cf:5 unknown-restriction",
      ])
  }

  @Test func `cannot run without main.cf`() throws {
    #expect(throws: ConfigReader.Failure.self) {
      try ConfigurationLint(directory: "/nonexistent", machine: .example)
    }
  }
}
