import Foundation
import Runtime
import TestSupport

@testable import Analysis

/// The configuration of a scenario, laid out and ready to be asked.
final class ScenarioStage {
  let home: String
  let rehearsal: Rehearsal
  private let services: ScenarioServices

  struct NoService: Error {}

  init(_ file: ScenarioFile) throws {
    // Recorded on a file system in memory: its errors are not those of a disk.
    let memory = "/dev/shm/"
    let isWritable = FileManager.default.isWritableFile(atPath: memory)
    home = (isWritable ? memory : NSTemporaryDirectory()) + "explain-\(UUID().uuidString)"
    services = ScenarioServices(file)
    try ScenarioStage.prepare(file, home)
    let configuration = try AnalysedConfiguration(directory: home + "/etc")
    guard let service = configuration.service(nil) else { throw NoService() }
    rehearsal = Rehearsal(
      settings: service.settings, name: "127.0.0.1:25", diagnostics: service.diagnostics,
      seesDisk: true, queue: try ScratchQueue())
  }

  deinit { try? FileManager.default.removeItem(atPath: home) }

  func explain(_ conversation: Conversation) -> Explanation {
    let services = services
    let assumptions = Assumptions(
      listDomains: rehearsal.listDomains, ask: { services.answer($0) })
    return Explanation(rehearsal, conversation, assumptions)
  }

  // MARK: The configuration

  private static func prepare(_ file: ScenarioFile, _ home: String) throws {
    let files = FileManager.default
    let etc = home + "/etc"
    for folder in ["etc", "queue", "data"] {
      try files.createDirectory(
        atPath: home + "/" + folder, withIntermediateDirectories: true)
    }
    try mainCF(file, home).write(toFile: etc + "/main.cf", atomically: true, encoding: .utf8)
    for section in file.sections {
      switch section.words.first {
      case "table", "file":
        let path = etc + "/" + (section.words.last ?? "")
        try files.createDirectory(
          at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try section.lines.map { $0 + "\n" }.joined()
          .write(toFile: path, atomically: true, encoding: .utf8)
        age(path)
        if section.words[0] == "table" { shell("$POSTMAP \(section.words[1]):\(path)", home) }
      case "sh": section.lines.forEach { shell($0, home) }
      default: break
      }
    }
    for path in files.subpaths(atPath: etc) ?? []
    where ![".db", ".cdb", ".lmdb"].contains(where: path.hasSuffix) { age(etc + "/" + path) }
  }

  private static func age(_ path: String) {
    try? FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: path)
  }

  private static func shell(_ line: String, _ home: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(filePath: home + "/etc")
    process.environment = [
      "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C", "MAIL_CONFIG": home + "/etc",
      "POSTMAP": Fixtures.package.appending(path: ".build/debug/postmap-swift").path,
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    if (try? process.run()) != nil { process.waitUntilExit() }
  }

  /// base.cf, then where things are, then the scenario's settings, each name once.
  private static func mainCF(_ file: ScenarioFile, _ home: String) throws -> String {
    let base = try String(
      contentsOf: ScenarioFile.folder.appending(path: "base.cf"), encoding: .utf8)
    let plain = file.sections("main.cf").filter { $0.words.count == 1 }.flatMap(\.lines)
    var names: [String] = []
    var values: [String: String] = [:]
    let directories = ["queue_directory = \(home)/queue", "data_directory = \(home)/data"]
    for (name, value) in [base.components(separatedBy: "\n"), directories, plain]
      .flatMap(ScenarioStage.settings)
    {
      if value == "!default" {
        values[name] = nil
        names.removeAll { $0 == name }
      } else {
        if values.updateValue(value, forKey: name) == nil { names.append(name) }
      }
    }
    let raw = file.sections("main.cf").filter { $0.words.count > 1 }.flatMap(\.lines)
    return (names.map { "\($0) = \(values[$0] ?? "")" } + raw).map { $0 + "\n" }.joined()
  }

  private static func settings(_ lines: [String]) -> [(String, String)] {
    var settings: [(String, String)] = []
    for line in lines {
      let text = line.trimmingCharacters(in: .whitespaces)
      if text.isEmpty || text.hasPrefix("#") { continue }
      if line.first == " " || line.first == "\t", !settings.isEmpty {
        settings[settings.count - 1].1 += "\n" + line
        continue
      }
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      settings.append((parts[0], parts.count > 1 ? parts[1] : ""))
    }
    return settings
  }
}
