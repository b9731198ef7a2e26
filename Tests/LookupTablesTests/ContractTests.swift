import Foundation
import LookupTables
import RestrictionDSL
import Testing

/// What every local type owes, checked over the registry: a new type fails until it has a sample.
@Suite struct `local table types` {
  @Test(arguments: TableRegistry.localTypes.map(\.name))
  func `keep the contract of LookupTable`(type: String) throws {
    let folder = try TemporaryFolder()
    let sample = try #require(try Sample(type, in: folder), "no sample for \(type)")
    let cache = TableCache(options: TableOptions(smtputf8: true))
    let table = cache.open(TableSpec(type: type, name: sample.name))
    #expect(cache.openMessages == [])
    #expect(table.kind == sample.kind)
    #expect(cache.open(TableSpec(type: type, name: sample.name)) === table)
    for _ in 0..<2 {
      for (key, value) in sample.answers {
        let found = Result { try table.uncheckedValue(for: Bytes(key).span).map(\.text) }
        switch (found, value) {
        case (.success(let text), .value(let wanted)): #expect(text == wanted, "\(key)")
        case (.success(let text), .nothing): #expect(text == nil, "\(key)")
        case (.failure, .failure): break
        default: Issue.record("\(key): \(found) instead of \(value)")
        }
      }
    }
    // Not UTF-8: never found, one warning in Postfix's words.
    #expect(try table.uncheckedValue(for: ([0xFF] as Bytes).span) == nil)
    #expect(
      cache.takeWarnings() == [
        "warning: \(table.ownName): non-UTF-8 key \"?\": malformed UTF-8 or invalid codepoint"
      ])
    #expect(cache.changedTable() == nil)
  }

  @Test func `that are missing or unknown fail every lookup and say why`() {
    // Source: facts restrictions §3, conformance config-error-missing-table*, -unknown-type
    let cache = TableCache(options: TableOptions(smtputf8: true))
    let cases = [
      ("hash", "/nonexistent/x", "open database /nonexistent/x.db: No such file or directory"),
      ("lmdb", "/nonexistent/x", "open database /nonexistent/x.lmdb: No such file or directory"),
      ("cdb", "/nonexistent/x", "open database /nonexistent/x.cdb: No such file or directory"),
      ("cidr", "/nonexistent/x", "open /nonexistent/x: No such file or directory"),
      ("nosuch", "x", "unsupported dictionary type: nosuch"),
    ]
    for (type, name, reason) in cases {
      let table = cache.open(TableSpec(type: type, name: name))
      #expect(table.kind == .pattern)
      for _ in 0..<2 {
        #expect(
          throws: LookupError(
            .temporary, ["warning: \(type):\(name) is unavailable. \(reason)"],
            reason: "Application error")
        ) { try table.value(for: Bytes("a").span) }
      }
    }
    #expect(cache.openMessages == cases.map { "error: \($0.2)" })
  }

  #if !PostgreSQL
    // Source: package traits of this program; Postfix's words in front
    @Test func `that this build does not have name the trait they want`() {
      let cache = TableCache(options: TableOptions(smtputf8: true))
      _ = cache.open(TableSpec(type: "pgsql", name: "x"))
      #expect(
        cache.openMessages == [
          "error: unsupported dictionary type: pgsql (build with: swift build --traits default,PostgreSQL)"
        ])
    }
  #endif

  // Source: postconf -m of 3.7.11, DATABASE_README; tcp_table(5), socketmap_table(5): asked every time
  @Test func `are all there, and those that may change at any time say so`() {
    let types = TableRegistry.types.filter(\.isKnownToPostfix).map(\.name)
    let named: Set = [
      "btree", "cdb", "cidr", "environ", "fail", "hash", "inline", "internal", "ldap", "lmdb",
      "memcache", "mysql", "nis", "pcre", "pgsql", "pipemap", "proxy", "randmap", "regexp",
      "socketmap", "sqlite", "static", "tcp", "texthash", "unionmap", "unix",
    ]
    #expect(Set(types) == named)
    #expect(types.count == named.count)
    #expect(
      Set(TableRegistry.types.filter(\.isVolatile).map(\.name)) == ["randmap", "socketmap", "tcp"])
  }

  @Test func `report an empty value`() throws {
    // Source: facts restrictions §6.6 "empty"
    let cache = TableCache(options: TableOptions(smtputf8: true))
    let table = cache.open(TableSpec(type: "inline", name: "{{a=}}"))
    #expect(
      throws: LookupError(
        .configuration,
        [
          "warning: inline:{{a=}} lookup of a returns an empty string result",
          "warning: inline:{{a=}} should return NO RESULT in case of NOT FOUND",
        ])
    ) { try table.value(for: Bytes("a").span) }
    #expect(try table.contains(Bytes("a").span))
  }

  @Test func `behind proxy have to be listed`() {
    // Source: facts restrictions §3
    let settings = Settings.forTesting(["proxy_read_maps": "proxy:static:yes"])
    let cache = TableCache(settings: settings)
    let listed = cache.open(TableSpec(type: "proxy", name: "static:yes"))
    #expect(throws: Never.self) { try listed.value(for: Bytes("a").span) }
    let other = cache.open(TableSpec(type: "proxy", name: "static:no"))
    #expect(throws: LookupError.self) { try other.value(for: Bytes("a").span) }
    #expect(
      cache.openMessages == [
        "fatal: proxymap service is not configured for table \"static:no\""
      ])
  }

  /// A table of each type with answers.
  private struct Sample {
    enum Answer {
      case value(String)
      case nothing
      case failure
    }

    let name: String
    var kind = TableKind.fixed
    var answers: [(String, Answer)] = [
      ("a", .value("1")), ("A", .value("1")), ("b", .nothing), ("CAFÉ", .value("coffee")),
      ("", .nothing),
    ]

    init?(_ type: String, in folder: TemporaryFolder) throws {
      let path = folder.path + "/t"
      switch type {
      case "hash", "btree", "lmdb", "cdb", "texthash":
        try folder.write("t", Bytes("a 1\nCafé coffee\n"))
        if type != "texthash" {
          let build = Programs.run(
            Programs.installedPostmap, ["\(type):\(path)"], environment: folder.environment)
          try #require(build.status == 0)
        }
        name = path
      case "inline": name = "{a=1, {Café = coffee}}"
      case "internal":
        name = "x"
        answers = [("a", .nothing)]
      case "static":
        name = "x"
        answers = [("a", .value("x")), ("", .value("x"))]
      case "cidr":
        name = "{{192.0.2.0/24 x}}"
        kind = .pattern
        answers = [("192.0.2.1", .value("x")), ("192.0.3.1", .nothing), ("a", .nothing)]
      case "regexp", "pcre":
        name = "{{/^(A)/ x$1}}"
        kind = .pattern
        answers = [("a", .value("xa")), ("A", .value("xA")), ("b", .nothing)]
      case "fail":
        name = "x"
        kind = .pattern
        answers = [("a", .failure)]
      case "environ":
        name = "x"
        setenv("tables_test", "1", 1)
        answers = [("tables_test", .value("1")), ("TABLES_TEST", .value("1")), ("x_y", .nothing)]
      case "unix":
        name = "group.byname"
        answers = [("root", .value("root:x:0:")), ("nosuchgroup", .nothing)]
      case "randmap":
        name = "{x}"
        kind = .pattern
        answers = [("a", .value("x"))]
      case "unionmap":
        name = "{inline:{a=1}, inline:{a=2}}"
        answers = [("a", .value("1,2")), ("A", .value("1,2")), ("b", .nothing)]
      case "pipemap":
        name = "{inline:{a=b}, inline:{b=c}}"
        answers = [("A", .value("c")), ("b", .nothing)]
      case "proxy":
        name = "inline:{a=1}"
        answers = [("A", .value("1")), ("b", .nothing)]
      default: return nil
      }
    }
  }
}
