import Foundation
import Glibc
import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

/// A process that stores messages, see `Tests/Helpers/queue-load`.
private final class LoadProcess {
  let process = Process()
  private let output = Foundation.Pipe()

  init(_ command: [String]) throws {
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  /// The program lies beside the one that runs the tests.
  static var program: String {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "queue-load").path
  }

  private var data = Data()

  /// Waits until so many messages are acknowledged, or the process ends.
  func wait(forAcknowledged count: Int) {
    while String(decoding: data, as: UTF8.self).split(separator: "queued ").count <= count {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return }
      data += more
    }
  }

  /// Lines that came out before the end, complete ones only.
  func lines() throws -> [[String]] {
    data += try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self)
    let complete = text.lastIndex(of: "\n").map { text[..<$0] } ?? ""
    return complete.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
  }
}

@Suite struct `A queue under faults` {
  /// Small messages live in the buffer until the commit; large ones are written through before.
  @Test(arguments: [5, 3000])
  func `keeps every acknowledged message, and shows no half one, when it is killed`(
    lines: Int
  ) throws {
    let bench = try QueueBench()
    var acknowledged: Set<String> = []
    var opened: Set<String> = []
    for _ in 0..<12 {
      let load = try LoadProcess([LoadProcess.program, bench.directory.path, "\(lines)"])
      // A random moment inside one of the next messages.
      load.wait(forAcknowledged: Int.random(in: 1...3))
      usleep(UInt32.random(in: 0...3000))
      kill(load.process.processIdentifier, SIGKILL)
      for words in try load.lines() {
        if words[0] == "queued" { acknowledged.insert(words[1]) }
        if words[0] == "open" { opened.insert(words[1]) }
        #expect(words[0] != "failed", "\(words)")
      }
    }
    let files = try bench.files("incoming")  // throws where a file with mode 0700 is not complete
    let complete = files.filter { $0.mode == 0o700 }
    #expect(acknowledged.subtracting(complete.map(\.name)) == [])
    #expect(acknowledged.count >= 12)
    for file in complete {
      #expect(file.records.filter { $0.data.count == 70 }.count == lines)
      #expect(file.records[0].data != QueueSizes().data)
    }
    #expect(files.filter { $0.mode != 0o700 }.allSatisfy { $0.mode == 0o600 })
    #expect(opened.isSuperset(of: acknowledged))
  }

  /// A file system of 256 KB in a mount namespace of its own.
  @Test func `says so when the disk is full, and leaves nothing half done`() throws {
    let bench = try QueueBench()
    let script = """
      mount -t tmpfs -o size=256k tmpfs "$0" && mkdir "$0/incoming" "$0/hold" && "$1" "$0" 1000
      ls -l "$0/incoming" | awk 'NR > 1 { print "file", $1 }'
      """
    let load = try LoadProcess([
      "/usr/bin/unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-c", script,
      bench.directory.path, LoadProcess.program,
    ])
    let lines = try load.lines()
    let failures = lines.filter { $0[0] == "failed" }
    #expect(failures == [["failed", "writeError"]])
    let queued = lines.filter { $0[0] == "queued" }.count
    #expect(queued >= 1)
    let files = lines.filter { $0[0] == "file" }.map { $0[1] }
    #expect(files == Array(repeating: "-rwx------", count: queued))
  }
}
