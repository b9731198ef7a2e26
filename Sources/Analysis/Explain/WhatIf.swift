import LookupTables
import RestrictionDSL
import Runtime

/// One `--what-if`: something outside that is to be taken for granted.
public enum WhatIf: Hashable, Sendable {
  /// `dns=listed:LIST[=ADDRESS]`: whatever is asked of the list is on it.
  case listed(domain: String, address: IPAddress)
  /// `dns=NAME/TYPE=DATA`, or `dns=NAME=FAILURE` for all types
  case record(name: String, type: DNSType?, DNSAnswer)
  /// `policy=ACTION`, or `policy=failed`
  case policy(PolicyAnswer)
  /// `verify=deliverable|undeliverable|deferred|failed`
  case verify(VerifyAnswer)
  /// `table=TYPE:NAME/KEY=VALUE`
  case table(TableSpec, key: Bytes, value: Bytes)

  /// Why a text is none.
  public struct SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
  }

  public init(_ text: String) throws(SyntaxError) {
    guard let equals = text.firstIndex(of: "=") else {
      throw SyntaxError(description: "'\(text)': need dns=, policy=, verify= or table=")
    }
    let rest = String(text[text.index(after: equals)...])
    switch text[..<equals] {
    case "dns": self = try WhatIf.dns(rest)
    case "policy": self = .policy(rest == "failed" ? .failed : .action(Bytes(rest)))
    case "verify": self = try WhatIf.verify(rest)
    case "table": self = try WhatIf.table(rest)
    default:
      throw SyntaxError(description: "'\(text)': need dns=, policy=, verify= or table=")
    }
  }

  private static func dns(_ text: String) throws(SyntaxError) -> WhatIf {
    if text.hasPrefix("listed:") {
      let parts = text.dropFirst(7).split(separator: "=", maxSplits: 1).map(String.init)
      guard let domain = parts.first else {
        throw SyntaxError(description: "'dns=\(text)': need dns=listed:LIST")
      }
      guard parts.count > 1 else {
        return .listed(domain: domain.lowercased(), address: .v4(0x7F00_0002))
      }
      guard let address = IPAddress(parts[1]) else {
        throw SyntaxError(description: "'\(parts[1])' is no address")
      }
      return .listed(domain: domain.lowercased(), address: address)
    }
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    if parts.count == 2, !parts[0].contains("/"), let failure = DNSAnswer(failure: parts[1]) {
      return .record(name: parts[0].lowercased(), type: nil, failure)
    }
    guard parts.count == 2, let slash = parts[0].lastIndex(of: "/"),
      let type = DNSType(name: String(parts[0][parts[0].index(after: slash)...]))
    else {
      throw SyntaxError(
        description: "'dns=\(text)': need dns=NAME/TYPE=DATA or dns=NAME=NXDOMAIN|NODATA|SERVFAIL")
    }
    let name = String(parts[0][..<slash]).lowercased()
    guard let answer = DNSAnswer(type, parts[1]) else {
      throw SyntaxError(description: "'\(parts[1])' is no data of type \(type.name)")
    }
    return .record(name: name, type: type, answer)
  }

  private static func verify(_ text: String) throws(SyntaxError) -> WhatIf {
    switch text {
    case "deliverable": .verify(.status(0, text: Bytes("delivers")))
    case "deferred": .verify(.status(1, text: Bytes("deferred")))
    case "undeliverable": .verify(.status(2, text: Bytes("undeliverable")))
    case "failed": .verify(.failed)
    default:
      throw SyntaxError(
        description: "'verify=\(text)': need deliverable, undeliverable, deferred or failed")
    }
  }

  private static func table(_ text: String) throws(SyntaxError) -> WhatIf {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, let slash = parts[0].lastIndex(of: "/"),
      let spec = TableSpec(String(parts[0][..<slash]))
    else { throw SyntaxError(description: "'table=\(text)': need table=TYPE:NAME/KEY=VALUE") }
    let key = String(parts[0][parts[0].index(after: slash)...])
    return .table(spec, key: Bytes(key), value: Bytes(parts[1]))
  }
}

extension DNSType {
  /// As zone files write it.
  public var name: String { "\(self)".uppercased() }

  init?(name: String) {
    let all: [DNSType] = [.a, .ns, .cname, .soa, .ptr, .mx, .txt, .aaaa]
    guard let type = all.first(where: { $0.name == name.uppercased() }) else { return nil }
    self = type
  }
}

extension DNSAnswer {
  /// `NXDOMAIN`, `NODATA`, `SERVFAIL`, or data; several records are separated by commas.
  init?(_ type: DNSType, _ text: String) {
    if let failure = DNSAnswer(failure: text) {
      self = failure
      return
    }
    var records: [DNSRecord] = []
    for part in type == .txt ? [text] : text.split(separator: ",").map(String.init) {
      guard let record = DNSAnswer.record(type, part) else { return nil }
      records.append(record)
    }
    self = .records(records)
  }

  init?(failure text: String) {
    switch text.uppercased() {
    case "NXDOMAIN": self = .noName
    case "NODATA": self = .noData
    case "SERVFAIL", "TIMEOUT": self = .temporary
    default: return nil
    }
  }

  private static func record(_ type: DNSType, _ text: String) -> DNSRecord? {
    let words = text.split(separator: " ").map(String.init)
    switch type {
    case .a, .aaaa: return IPAddress(text).map { .address($0, ttl: 60) }
    case .txt: return .text(Bytes(text), ttl: 60)
    case .mx:
      guard let host = words.last else { return nil }
      let preference = words.count > 1 ? UInt16(words[0]) : 10
      guard let preference else { return nil }
      return .mx(preference: preference, host: host == "." ? [] : Bytes(host), ttl: 60)
    case .ns, .cname, .ptr, .soa: return words.count == 1 ? .host(Bytes(text), ttl: 60) : nil
    }
  }
}
