import Foundation
import Glibc
import LookupTables
import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

/// A queue writer over folders of its own, removed at the end of its life.
final class QueueBench {
  let directory: URL
  let settings: Settings
  let log = LineLog()
  let writer: QueueWriter

  /// - Parameter values: settings that differ from the defaults of Postfix 3.7.11
  /// - Parameter files: tables, at `CONFIG/NAME`
  init(_ values: [String: String] = [:], files: [String: String] = [:]) throws {
    directory = FileManager.default.temporaryDirectory
      .appending(path: "queue-\(UUID().uuidString)")
    for folder in ["incoming", "hold", "public", "config"] {
      try FileManager.default.createDirectory(
        at: directory.appending(path: folder), withIntermediateDirectories: true)
    }
    for (name, text) in files {
      try Data(text.utf8).write(to: directory.appending(path: "config/\(name)"))
    }
    var own = [
      "myhostname": "mail.example.com", "mydomain": "example.com", "myorigin": "example.com",
      "mydestination": "mail.example.com, localhost.example.com, localhost, example.com",
      "compatibility_level": "3.6", "queue_directory": directory.path,
      "append_dot_mydomain": "no", "smtputf8_enable": "yes", "inet_interfaces": "127.0.0.1, ::1",
      "virtual_maps": "",
    ]
    for (name, value) in values {
      own[name] = value.replacing(
        "$config_directory", with: directory.appending(path: "config").path)
    }
    settings = try QueueBench.settings(own)
    let cache = TableCache(settings: settings)
    let classes = AddressClasses(
      settings: settings, own: OwnAddresses(interfaces: [], proxies: []),
      tables: { cache.open($0) })
    writer = try QueueWriter(
      settings: settings, log: log,
      addresses: AddressMapping(
        settings: settings, classes: classes, tables: { cache.open($0) }),
      tables: { cache.open($0) })
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  private static let defaults: [String: String] = {
    var all: [String: String] = [:]
    for row in (try? Fixtures.table("all-parameters.tsv")) ?? [] {
      if let name = row["name"] { all[name] = row["default_3.7.11"] ?? "" }
    }
    return all
  }()

  /// Defaults of Postfix 3.7.11 below the given values, `$name` expanded, times in seconds.
  private static func settings(_ values: [String: String]) throws -> Settings {
    try #require(!defaults.isEmpty)
    let all = defaults.merging(values) { $1 }
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    return Settings(
      entries: all.mapValues { value in
        var text = value
        if text.first == "$", let target = all[String(text.dropFirst())] { text = target }
        if let unit = text.last.flatMap({ units[$0] }), let number = Int(text.dropLast()) {
          text = String(number * unit)
        }
        return Settings.Entry(value: text, range: nil)
      })
  }

  /// What smtpd knows of a client on this machine.
  static func head(
    sender: String, context: String = "local", parameters: [String: String] = [:]
  ) -> MessageHead {
    var attributes: [(String, String)] = []
    if let id = parameters["ENVID"] { attributes.append(("envelope_id", id)) }
    if let ret = parameters["RET"] { attributes.append(("ret_flags", ret == "FULL" ? "1" : "2")) }
    if let body = parameters["BODY"] {
      attributes.append(("encoding", body == "7BIT" ? "7bit" : "8bit"))
    }
    attributes += [
      ("log_client_name", "localhost"), ("log_client_address", "127.0.0.1"),
      ("log_client_port", "PORT"), ("log_message_origin", "localhost[127.0.0.1]"),
      ("log_helo_name", "client.example.net"), ("log_protocol_name", "ESMTP"),
      ("client_name", "localhost"), ("reverse_client_name", "localhost"),
      ("client_address", "127.0.0.1"), ("client_port", "PORT"),
      ("server_address", "127.0.0.1"), ("server_port", "25"),
      ("helo_name", "client.example.net"), ("protocol_name", "ESMTP"),
      ("client_address_type", "2"),
    ]
    var head = MessageHead(
      arrival: Int64(Date().timeIntervalSince1970 * 1_000_000), sender: Bytes(sender),
      rewriteContext: RewriteContext(rawValue: context),
      attributes: attributes.map { (name: $0.0, value: Bytes($0.1)) })
    head.smtputf8 = parameters["SMTPUTF8"] != nil
    if let verp = parameters["XVERP"] { head.verp = Bytes(verp) }
    return head
  }

  /// The files of a queue: name, mode, records.
  func files(_ queue: String) throws -> [(name: String, mode: Int, records: [QueueRecord])] {
    let folder = directory.appending(path: queue)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
      let path = folder.appending(path: name).path
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      let data = Bytes(try Data(contentsOf: URL(filePath: path)))
      return (name, mode ?? 0, mode == 0o700 ? try QueueRecord.records(in: data) : [])
    }
  }
}

/// Keeps what is logged.
final class LineLog: LogSink {
  var lines: [String] = []
  func write(_ line: Span<UInt8>) { lines.append(Bytes(copying: line).text) }
}
