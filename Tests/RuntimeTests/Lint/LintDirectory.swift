import Foundation
import RestrictionDSL
import Runtime

/// A configuration directory of its own, removed at the end; `/etc/postfix` in its files is itself.
final class LintDirectory {
  let path: String

  init(_ files: [(name: String, text: String)]) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "lint-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
    for file in files { try write(file.name, file.text) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws {
    var text = text.replacing("/etc/postfix", with: path)
    if name == "main.cf" { text += "compatibility_level = 3.6\nmyhostname = mail.example.com\n" }
    try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
  }

  func read(_ name: String) throws -> String {
    try String(contentsOfFile: path + "/" + name, encoding: .utf8)
  }

  func lint(includesInfo: Bool = true, ask: ((Question) -> Answer?)? = nil) throws
    -> ConfigurationLint
  {
    var options = ConfigurationLint.Options()
    options.includesInfo = includesInfo
    options.machine = .example
    options.ask = ask
    options.resolvers = [.v4(0x0808_0808)]
    return try ConfigurationLint(directory: path, options)
  }

  func ids(ask: ((Question) -> Answer?)? = nil) throws -> Set<String> {
    Set(try lint(ask: ask).diagnostics.map(\.id))
  }
}
