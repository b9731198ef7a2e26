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

  /// Lists of clients: what Postfix 3.7.11 says of them was asked, `fatal: open dictionary` for the
  /// first and `451 4.3.0 Temporary lookup failure` for the others.
  @Test func `finds networks that cannot be used`() throws {
    let directory = try Directory([
      "main.cf": """
      compatibility_level = 3.6
      local_recipient_maps = inline:{a=b}
      mynetworks = 127.0.0.0/8, ::1/128, 192.0.2.5/24,
        [::1]/128, [2001:db8::1]/64, 192.0.2.0/33, 10.0.0.0/8, !10.0.0.1, mail.example.org
      inet_interfaces = 127.0.0.1, ::1

      """
    ])
    let found = try ConfigurationLint(directory: directory.path, machine: .example).diagnostics
    #expect(
      found.map(\.message) == [
        "mynetworks: '::1/128' is taken for a table, and the server does not start",
        "mynetworks: non-null host address bits in \"192.0.2.5/24\", perhaps you should use "
          + "\"192.0.2.0/24\" instead",
        "mynetworks: non-null host address bits in \"2001:db8::1/64\", perhaps you should use "
          + "\"2001:db8::/64\" instead",
        "mynetworks: bad mask length in \"192.0.2.0/33\"",
      ])
    #expect(found.first?.help == "write [::1]/128")
  }

  @Test func `reads tables of networks and names that stand for others`() throws {
    let directory = try Directory([
      "main.cf": """
      compatibility_level = 3.6
      local_recipient_maps = inline:{a=b}
      mynetworks = 127.0.0.0/8, cidr:$config_directory/nets
      mydomain = YOURDOMAIN.TLD
      smtpd_recipient_restrictions = check_recipient_access static:OK, reject_unknown_sender_domain

      """,
      "nets": "127.0.0.0/8 OK\n0.0.0.0/0 OK\n",
    ])
    #expect(
      try directory.findings() == [
        "main.cf:3 trusts-everybody", "main.cf:4 placeholder-in-value",
        "main.cf:5 behind-decisive-table",
      ])
    let narrow = try Directory([
      "main.cf": """
      compatibility_level = 3.6
      local_recipient_maps = inline:{a=b}
      mynetworks = 127.0.0.0/8, cidr:$config_directory/nets
      mydomain = domain.example

      """,
      "nets": "127.0.0.0/8 OK\n10.0.0.0/8 OK\n",
    ])
    #expect(try narrow.findings() == [])
  }

  /// As Debian, ISPmail, iRedMail and Amavis have it.
  @Test func `finds nothing in what is usual`() throws {
    let directory = try Directory([
      "main.cf": """
      compatibility_level = 3.6
      alias_maps = btree:$config_directory/aliases
      mydestination = $myhostname, localhost
      relay_domains = $mydestination
      smtpd_milters = inet:127.0.0.1:11332, unix:opendkim/socket
      content_filter = amavis:[127.0.0.1]:10024

      """,
      "master.cf": """
      smtp inet n - y - - smtpd
      127.0.0.1:10025 inet n - y - - smtpd
        -o content_filter=
        -o local_recipient_maps=
        -o smtpd_recipient_restrictions=permit_mynetworks,reject

      """,
      "aliases": "postmaster: root\nroot: |\"/usr/bin/true\", :include:/etc/more\n",
    ])
    // There is no index: that alone is found.
    #expect(try directory.findings() == ["main.cf:2 table-unavailable"])
  }
}
