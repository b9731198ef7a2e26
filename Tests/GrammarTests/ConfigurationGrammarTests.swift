import Foundation
import LookupTables
import RestrictionDSL
import TestSupport
import Testing

@Suite struct `Grammar of main.cf` {
  @Test func `makes files that are read and expanded without a finding`() throws {
    let seed = SplitMix.propertySeed
    var generator = SentenceGenerator(try Grammar("main-cf"), seed: seed)
    var entries = 0
    for _ in 0..<300 {
      let text = try generator.sentence("file")
      let mainCF = MainCF(SourceFile(path: "main.cf", text: text))
      // The same name twice is no mistake of syntax.
      let findings = mainCF.diagnostics.filter { $0.id != "overriding-entry" }
      #expect(findings == [], "seed \(seed): \(text)")
      let expansion = Expansion { $0.hasPrefix("a") ? TracedText("1") : nil }
      for entry in mainCF.entries {
        entries += 1
        #expect(throws: Never.self, "seed \(seed): \(entry.value.text)") {
          try expansion.expand(entry.value, of: entry.name)
        }
      }
    }
    #expect(entries > 100, "seed \(seed)")
  }

  // Source: postconf(5), "${{expr1} operator {expr2} ? …}".
  @Test func `names the operators of comparisons`() throws {
    #expect(try Grammar("main-cf").names("operator") == ["==", "!=", "<", "<=", ">", ">="])
  }
}

@Suite struct `Grammar of master.cf` {
  @Test func `makes files that are read without a finding`() throws {
    let seed = SplitMix.propertySeed
    var generator = SentenceGenerator(try Grammar("master-cf"), seed: seed)
    var (services, overrides) = (0, 0)
    for _ in 0..<300 {
      let text = try generator.sentence("file")
      let masterCF = MasterCF(SourceFile(path: "master.cf", text: text))
      #expect(masterCF.diagnostics == [], "seed \(seed): \(text)")
      services += masterCF.services.count
      overrides += masterCF.services.reduce(0) { $0 + $1.overrides.count }
    }
    #expect(services > 60 && overrides > 20, "seed \(seed): \(services), \(overrides)")
  }

  @Test func `names the kinds of services`() throws {
    #expect(
      try Grammar("master-cf").names("type").union(["inet"])
        == Set(MasterCF.Kind.allCases.map(\.rawValue)))
  }
}

@Suite struct `Grammar of table sources` {
  private func messages(_ type: String, _ text: String) throws -> [String] {
    let file = FileManager.default.temporaryDirectory.appending(path: "source-\(UUID().uuidString)")
    try text.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let cache = TableCache(settings: .forTesting())
    _ = cache.open(TableSpec(type: type, name: file.path))
    return cache.openMessages
  }

  @Test(arguments: [
    ("postmap", "texthash"), ("cidr", "cidr"), ("regexp", "regexp"), ("regexp", "pcre"),
  ])
  func `makes files that open without a message`(rule: String, type: String) throws {
    let seed = SplitMix.propertySeed
    var generator = SentenceGenerator(try Grammar("table-source"), seed: seed)
    for _ in 0..<60 {
      let text = try generator.sentence(rule)
      // The same key twice is no mistake of syntax.
      let found = try messages(type, text).filter { !$0.contains("duplicate entry") }
      #expect(found == [], "seed \(seed): \(text)")
    }
  }

  @Test func `makes inline tables that open without a message`() throws {
    let seed = SplitMix.propertySeed
    var generator = SentenceGenerator(try Grammar("table-source"), seed: seed)
    for _ in 0..<300 {
      let text = try generator.sentence("inline")
      let cache = TableCache(settings: .forTesting())
      _ = cache.open(TableSpec(type: "inline", name: text))
      #expect(cache.openMessages == [], "seed \(seed): \(text)")
    }
  }
}
