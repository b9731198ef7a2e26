import Foundation
import LookupTables
import RestrictionDSL
import Testing

/// Regular expressions that regcomp(3) takes gigabytes or hours for are refused; others are not.
@Suite struct `regular expressions` {
  /// Each was tried with regcomp of glibc 2.36: more than a gigabyte, minutes of time, or a crash.
  static let monsters = [
    "a" + String(repeating: "+", count: 21),
    String(repeating: "(", count: 18) + "a" + String(repeating: "+)", count: 18),
    "a{255}{255}{255}", "a{0,32767}", "(.{1,255}){1,255}", "(a?){1,20}{1,20}+",
    ".**+{0,9}{1,5}{2}", "(\\ba?){0,50}", "^.*{1,100}{0,4}", "(^*)+*{0,40}",
    String(repeating: "(", count: 20_000) + "a" + String(repeating: ")", count: 20_000),
    String(repeating: "a?", count: 20_000), String(repeating: "a|", count: 20_000) + "b",
    String(repeating: "a{32767}", count: 20),
  ]

  @Test(arguments: monsters.indices)
  func `that are too large are skipped with what regcomp says`(index: Int) throws {
    let folder = try TemporaryFolder()
    try folder.write("t", Bytes("/x/ one\n/\(Self.monsters[index])/ two\n/aa/ three\n"))
    let cache = TableCache(options: TableOptions(smtputf8: false))
    let table = cache.open(TableSpec(type: "regexp", name: "\(folder.path)/t"))
    #expect(
      cache.openMessages == [
        "warning: regexp map \(folder.path)/t, line 2: Memory exhausted"
      ])
    #expect(try table.value(for: Bytes("aa").span) == Bytes("three"))
  }

  @Test func `of the basic syntax are measured by its own operators`() throws {
    let folder = try TemporaryFolder()
    let plus = String(repeating: "\\+", count: 21)
    try folder.write("t", Bytes("/a\(plus)/x no\n/a{255}{255}{255}+++++/x text\n"))
    let cache = TableCache(options: TableOptions(smtputf8: false))
    let table = cache.open(TableSpec(type: "regexp", name: "\(folder.path)/t"))
    #expect(
      cache.openMessages == [
        "warning: regexp map \(folder.path)/t, line 1: Memory exhausted"
      ])
    #expect(try table.value(for: Bytes("a{255}{255}{255}+++++").span) == Bytes("text"))
  }

  /// Shapes of tables that people publish: many repeats beside each other, few inside each other.
  @Test func `that are used are accepted`() throws {
    let words = (0..<3000).map { "spamword\($0)" }
    let patterns = [
      "^(([0-9]+)[-._])+([a-z]+[-._])*(dsl|dial|pool|dyn|cable)[0-9]*\\.([a-z0-9-]+\\.)+[a-z]{2,}$",
      "^[^@]+@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$",
      "^(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}$",
      "a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q+r+s+t+u+v+w+x+y+z+", "((((((((a+)+)+)+)+)+)+)+)+",
      "^.{998,}$", "a{32767}", "[0-9]{1,255}x{0,255}", "(.*){1,5}", "^([a-z]*){1,10}$",
      "(\\b[0-9]+\\b ?){0,20}", "^(\\s*(\\w+\\s*)*,?)*$", words.joined(separator: "|"),
      "^(" + words.prefix(1000).joined(separator: "|") + ")+@",
      "^(([^ ]+ +)?from +([^ ]+ )*\\(([^ ]+ )?\\[([0-9]+\\.){3}[0-9]+\\]\\)( \\(.*\\))* )+by +.*$",
      "=\\?[^?]+\\?(b\\?([a-z0-9+\\/]{4})*|q\\?([^?=]|=[0-9a-f]{2})*)\\?=",
    ]
    let folder = try TemporaryFolder()
    try folder.write("t", Bytes(patterns.map { "/\($0)/ x\n" }.joined()))
    let cache = TableCache(options: TableOptions(smtputf8: false))
    let table = cache.open(TableSpec(type: "regexp", name: "\(folder.path)/t"))
    #expect(cache.openMessages == [])
    #expect(try table.value(for: Bytes("10.1.2.3").span) == Bytes("x"))
  }

  @Test func `share what one table may take`() throws {
    // 60 MB each by the measure of the table code.
    let rule = "/" + (0..<2700).map { "a\($0)" }.joined(separator: "|") + "/ x\n"
    let folder = try TemporaryFolder()
    try folder.write("t", Bytes(String(repeating: rule, count: 20)))
    let cache = TableCache(options: TableOptions(smtputf8: false))
    _ = cache.open(TableSpec(type: "regexp", name: "\(folder.path)/t"))
    let refused = cache.openMessages.count
    #expect((8...14).contains(refused), "\(refused)")
    #expect(cache.openMessages.last?.hasSuffix("line 20: Memory exhausted") == true)
  }
}
