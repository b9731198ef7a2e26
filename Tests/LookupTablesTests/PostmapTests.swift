import Foundation
import TestSupport
import Testing

/// Runs shell scripts with the installed postmap and with ours, each in its own folder.
///
/// The referee is Postfix itself: standard output and error, exit status, and the files that are
/// there afterwards with mode and owner have to be the same.
@Suite struct `postmap` {
  @Test func `is the installed one to its options, sources and files`() throws {
    try compare(postmapScripts)
  }

  @Test func `is the installed one to tables that are only read`() throws {
    try compare(tableScripts)
  }

  @Test func `is the installed one to messages`() throws {
    try compare(messageScripts)
  }

  private func compare(_ scripts: [String]) throws {
    try #require(!scripts.isEmpty)
    let bench = try ScriptBench()
    // Every fatal error of both programs pauses for a second: many scripts at once.
    for outcome in bench.run(scripts) {
      #expect(outcome.ours == outcome.theirs, "\(outcome.script)")
    }
  }
}

/// Two folders of programs, one with each postmap.
struct ScriptBench: Sendable {
  struct Outcome: Sendable {
    let script: String
    let theirs: String
    let ours: String
  }

  private let root: String

  init() throws {
    root = NSTemporaryDirectory() + "postmap-\(getpid())-\(UInt32.random(in: 0...(.max)))"
    for (folder, program) in [("theirs", "/usr/sbin/postmap"), ("ours", Programs.postmap)] {
      try #require(FileManager.default.isExecutableFile(atPath: program), "\(program)")
      let path = "\(root)/bin.\(folder)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/postmap", withDestinationPath: program)
    }
  }

  func run(_ scripts: [String]) -> [Outcome] {
    let results = Results(count: scripts.count)
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = 64
    for index in scripts.indices {
      queue.addOperation { results.set(index, theirs: run(scripts[index], index, "theirs")) }
      queue.addOperation { results.set(index, ours: run(scripts[index], index, "ours")) }
    }
    queue.waitUntilAllOperationsAreFinished()
    try? FileManager.default.removeItem(atPath: root)
    return scripts.indices.map { index in
      let (theirs, ours) = results.get(index)
      return Outcome(script: scripts[index], theirs: theirs, ours: ours)
    }
  }

  private func run(_ script: String, _ index: Int, _ side: String) -> String {
    let folder = "\(root)/\(side)\(index)"
    let prologue = """
      exec 2>&1; mkdir -p \(folder)/c; cd \(folder); umask 022
      printf 'compatibility_level=3.6\\nsmtputf8_enable=yes\\n' > c/main.cf
      p() { echo "--- $*"; postmap "$@"; echo "rc=$?"; }

      """
    // Addresses of memory differ from run to run.
    let epilogue = """

      cd \(folder)
      find . -type f -not -path './c/*' -printf '%M %U %G %p\\n' | sort
      """
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = "\(root)/bin.\(side):/usr/sbin:/usr/bin:/sbin:/bin"
    environment["MAIL_CONFIG"] = "c"
    environment["LC_ALL"] = "C"
    let output = Programs.run(
      "/bin/bash", ["-c", prologue + script + epilogue], environment: environment)
    let text = String(decoding: output.standardOutput, as: UTF8.self)
    return text.replacing(#/0x[0-9a-f]{6,}/#, with: "ADDRESS")
  }

  private final class Results: @unchecked Sendable {
    private let lock = NSLock()
    private var theirs: [String]
    private var ours: [String]

    init(count: Int) {
      theirs = Array(repeating: "", count: count)
      ours = theirs
    }

    func set(_ index: Int, theirs text: String) { lock.withLock { theirs[index] = text } }
    func set(_ index: Int, ours text: String) { lock.withLock { ours[index] = text } }
    func get(_ index: Int) -> (String, String) { lock.withLock { (theirs[index], ours[index]) } }
  }
}
