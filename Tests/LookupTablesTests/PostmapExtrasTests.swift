import Foundation
import RestrictionDSL
import TestSupport
import Testing

/// What `postmap-swift` has beside postmap(1).
@Suite struct `postmap-swift` {
  @Test func `prints JSON, one object a line`() throws {
    let folder = try TemporaryFolder()
    try folder.write("t", Bytes("a \"quoted\" \\ \tvalue\nCafé é\n"))
    func run(_ words: [String], input: Bytes? = nil) -> (Int32, String) {
      let output = Programs.run(
        Programs.postmap, words, input: input, environment: folder.environment,
        directory: folder.path)
      return (output.status, String(decoding: output.standardOutput, as: UTF8.self))
    }
    try #require(run(["btree:t"]).0 == 0)
    let a = #"{"key": "a", "value": "\"quoted\" \\ \tvalue"}"# + "\n"
    let e = #"{"key": "café", "value": "é"}"# + "\n"
    #expect(run(["--json", "-s", "btree:t"]) == (0, a + e))
    #expect(run(["--json", "-q", "A", "btree:t"]) == (0, a.replacing("\"a\"", with: "\"A\"")))
    #expect(run(["--json", "-q", "none", "btree:t"]) == (1, ""))
    #expect(run(["--json", "-q", "-", "btree:t"], input: Bytes("x\na\ncafé\n")) == (0, a + e))
    for words in [
      ["--json", "btree:t"], ["--json", "-d", "a", "btree:t"], ["--write", "btree:t"],
      ["--strict", "-s", "btree:t"],
    ] {
      #expect(run(words).0 == 1)
    }
  }

  @Test func `shows a line on a terminal while a build takes longer than a second, and wipes it`()
    throws
  {
    let folder = try TemporaryFolder()
    // script(1) gives the program a terminal; the entries come slowly.
    let command =
      "{ seq -f 'a%.0f 1' 17000; sleep 2.3; seq -f 'b%.0f 1' 17000; } | \(Programs.postmap) -i lmdb:t"
    let output = Programs.run(
      "/usr/bin/script", ["-qefc", command, "/dev/null"], environment: folder.environment,
      directory: folder.path)
    #expect(output.status == 0)
    #expect(
      String(decoding: output.standardOutput, as: UTF8.self)
        == "\rpostmap: 32768 entries\r\u{1B}[K")
  }

  @Test func `shows nothing where standard error is no terminal`() throws {
    let folder = try TemporaryFolder()
    let command =
      "{ seq -f 'a%.0f 1' 17000; sleep 2.3; seq -f 'b%.0f 1' 17000; } | \(Programs.postmap) -i lmdb:t 2>&1"
    let output = Programs.run(
      "/bin/sh", ["-c", command], environment: folder.environment, directory: folder.path)
    #expect(output.status == 0)
    #expect(output.standardOutput == [])
  }
}
