import RestrictionDSL

@testable import Analysis
@testable import Runtime

/// The DNS data of a scenario.
struct ScenarioZone {
  private var records: [String: [(type: String, data: String)]] = [:]
  private var markers: [String: [(marker: String, type: String?)]] = [:]
  private var names: Set<String> = []
  private static let markerWords: Set<String> = ["SERVFAIL", "NXDOMAIN", "NODATA", "TIMEOUT"]

  init(_ lines: [String]) {
    for line in lines where !line.isEmpty && !line.hasPrefix("#") && !line.hasPrefix(";") {
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      guard words.count >= 2 else { continue }
      let name = ScenarioZone.owner(words[0])
      let type = words[1].uppercased()
      if ScenarioZone.markerWords.contains(type) {
        markers[name, default: []].append((type, words.count > 2 ? words[2].uppercased() : nil))
        continue
      }
      records[name, default: []].append((type, words.count > 2 ? words[2] : ""))
      let parts = name.split(separator: ".")
      for index in parts.indices { names.insert(parts[index...].joined(separator: ".")) }
    }
  }

  /// An address stands for its reverse name.
  private static func owner(_ text: String) -> String {
    if let address = IPAddress(text) { return reverse(address) }
    return text.lowercased().trimmingSuffix(".")
  }

  static func reverse(_ address: IPAddress) -> String { ReverseName.name(of: address).text }

  private func match<Row>(_ table: [String: [Row]], _ name: String) -> [Row]? {
    if let rows = table[name] { return rows }
    let parts = name.split(separator: ".")
    for index in parts.indices.dropFirst() {
      if let rows = table["*." + parts[index...].joined(separator: ".")] { return rows }
    }
    return nil
  }

  func answer(_ asked: String, _ type: DNSType) -> DNSAnswer {
    var name = asked.lowercased().trimmingSuffix(".")
    for _ in 0..<10 {
      for row in match(markers, name) ?? [] where row.type == nil || row.type == type.name {
        switch row.marker {
        case "NXDOMAIN": return .noName
        case "NODATA": return .noData
        default: return .temporary
        }
      }
      guard let rows = match(records, name) else { return names.contains(name) ? .noData : .noName }
      if type != .cname, let alias = rows.first(where: { $0.type == "CNAME" }) {
        name = alias.data.lowercased().trimmingSuffix(".")
        continue
      }
      let data = rows.filter { $0.type == type.name }.map(\.data)
      guard !data.isEmpty else { return .noData }
      if type == .txt {
        return .records(data.map { .text(Bytes($0.trimmingQuotes), ttl: 60) })
      }
      return DNSAnswer(
        type, data.map { $0.hasSuffix(" .") ? $0 : $0.trimmingSuffix(".") }.joined(separator: ","))
        ?? .malformed
    }
    return .temporary
  }

  // MARK: As the resolver library

  func addresses(_ host: String, _ family: HostFamily) -> HostAnswer {
    if host == "localhost" {
      return .addresses(family == .ipv6 ? [.loopback6] : [.v4(0x7F00_0001)])
    }
    var found: [IPAddress] = []
    var failure: HostAnswer?
    for type in [DNSType.a, .aaaa] {
      if type == .a, family == .ipv6 { continue }
      if type == .aaaa, family == .ipv4 { continue }
      switch answer(host, type) {
      case .records(let records):
        for case .address(let address, _) in records { found.append(address) }
      case .temporary, .malformed:
        if failure == nil, found.isEmpty {
          return .failed(temporary: true, reason: "Temporary failure in name resolution")
        }
      case .noName:
        failure = failure ?? .failed(temporary: false, reason: "Name or service not known")
      case .noData:
        failure =
          failure ?? .failed(temporary: false, reason: "No address associated with hostname")
      }
    }
    if !found.isEmpty { return .addresses(found) }
    return failure ?? .failed(temporary: false, reason: "Name or service not known")
  }

  func name(of address: IPAddress) -> HostAnswer {
    if ["127.0.0.1", "::1"].contains("\(address)") { return .name(Bytes("localhost")) }
    switch answer(ScenarioZone.reverse(address), .ptr) {
    case .temporary: return .failed(temporary: true, reason: "Temporary failure in name resolution")
    case .records(let records):
      guard case .host(let name, _)? = records.first, DNSName.passesLibrary(name) else { break }
      return .name(name)
    default: break
    }
    return .failed(temporary: false, reason: "Name or service not known")
  }
}

extension IPAddress {
  static let loopback6 = IPAddress("::1") ?? .v4(0)
}

extension String {
  func trimmingSuffix(_ suffix: Character) -> String {
    last == suffix && count > 1 ? String(dropLast()) : self
  }

  var trimmingQuotes: String {
    count > 1 && first == "\"" && last == "\"" ? String(dropFirst().dropLast()) : self
  }
}
