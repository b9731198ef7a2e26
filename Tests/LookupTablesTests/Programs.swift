import Foundation
import TestSupport

/// The programs that the tests run.
enum Programs {
  struct Output {
    let standardOutput: [UInt8]
    let status: Int32
  }

  /// Our postmap, built beside the tests.
  static let postmap = Fixtures.package.appending(path: ".build/debug/postmap-swift").path

  /// The installed one.
  static let installedPostmap = "/usr/sbin/postmap"

  /// Runs a program to its end; standard error goes where ours goes.
  static func run(
    _ program: String, _ arguments: [String], input: [UInt8]? = nil,
    environment: [String: String]? = nil, directory: String? = nil
  ) -> Output {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    if let environment { process.environment = environment }
    if let directory { process.currentDirectoryURL = URL(filePath: directory) }
    let output = Pipe()
    process.standardOutput = output
    let feed = Pipe()
    process.standardInput = input == nil ? FileHandle.nullDevice : feed
    do { try process.run() } catch {
      return Output(standardOutput: Array("cannot run \(program): \(error)".utf8), status: -1)
    }
    if let input {
      let writer = feed.fileHandleForWriting
      Thread.detachNewThread {
        try? writer.write(contentsOf: Data(input))
        try? writer.close()
      }
    }
    let data = (try? output.fileHandleForReading.readToEnd()) ?? Data()
    process.waitUntilExit()
    return Output(standardOutput: Array(data), status: process.terminationStatus)
  }
}
