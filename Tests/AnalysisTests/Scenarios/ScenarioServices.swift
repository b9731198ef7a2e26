import Foundation
import RestrictionDSL
import Runtime

/// What the scripted servers of a scenario say.
final class ScenarioServices {
  private let zone: ScenarioZone
  private let policies: [String: [String]]
  private var policyCounts: [String: Int] = [:]
  private let verify: [String: VerifyAnswer]
  private let flush: [String: Int]

  init(_ file: ScenarioFile) {
    zone = ScenarioZone(file.lines("dns"))
    policies = Dictionary(
      file.sections("policy").map { ($0.words.last ?? "", $0.lines) }, uniquingKeysWith: { $1 })
    var verify: [String: VerifyAnswer] = [:]
    for line in file.lines("verify") {
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      guard words.count > 1 else { continue }
      verify[words[0]] = .status(Int(words[1]) ?? 3, text: Bytes(words.count > 2 ? words[2] : ""))
    }
    self.verify = verify
    flush = Dictionary(
      file.lines("flush").compactMap { line in
        let words = line.split(separator: " ").map(String.init)
        return words.count > 1 ? (words[0], Int(words[1]) ?? 0) : nil
      }, uniquingKeysWith: { $1 })
  }

  /// - Returns: `nil` where the scenario says nothing about it.
  func answer(_ question: Question) -> Answer? {
    switch question {
    case .dns(let name, let type): Answer(.dns(zone.answer(name.text, type)))
    case .addresses(let host, let family):
      Answer(.host(zone.addresses(host.text.lowercased(), family)))
    case .name(let address): Answer(.host(zone.name(of: address)))
    case .policy(let endpoint, let request, _):
      policy(endpoint, request).map { Answer(.policy($0)) }
    case .verify(let address, _):
      Answer(
        .verify(verify[address.text] ?? .status(3, text: Bytes("Address verification in progress")))
      )
    case .flush(let site): Answer(.flush(flush[site.text] ?? 0))
    case .table, .pause, .commitMessage: nil
    }
  }

  private func policy(
    _ endpoint: String, _ request: Bytes, isRepeated: Bool = false
  ) -> PolicyAnswer? {
    guard let address = policies.keys.first(where: { endpoint.hasPrefix($0) }) else { return nil }
    policyCounts[address, default: 0] += 1
    var attributes = ["count": "\(policyCounts[address] ?? 0)"]
    for line in request.split(separator: 0x0A) {
      let parts = line.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { attributes[String(parts[0])] = String(parts[1]) }
    }
    for rule in policies[address] ?? [] {
      guard let arrow = rule.range(of: "=>") else { continue }
      let conditions = rule[..<arrow.lowerBound].split(separator: " ").map(String.init)
      guard conditions.allSatisfy({ ScenarioServices.holds($0, attributes) }) else { continue }
      let reply = rule[arrow.upperBound...].trimmingCharacters(in: .whitespaces)
      // A lost connection is tried once more.
      if reply == "!close", !isRepeated {
        return policy(endpoint, request, isRepeated: true)
      }
      return ScenarioServices.reply(reply)
    }
    return .action(Bytes("DUNNO"))
  }

  private static func holds(_ condition: String, _ attributes: [String: String]) -> Bool {
    guard let mark = condition.firstIndex(where: { $0 == "=" || $0 == "~" }) else { return false }
    let value = attributes[String(condition[..<mark])] ?? ""
    let wanted = String(condition[condition.index(after: mark)...])
    return condition[mark] == "=" ? value == wanted : value.contains(wanted)
  }

  private static func reply(_ text: String) -> PolicyAnswer? {
    if text.hasPrefix("!") { return nil }
    let lines = Bytes(ScenarioFile.unescape(text)).split(separator: 0x7C)
    guard let action = lines.first(where: { $0.starts(with: Bytes("action=")) }) else { return nil }
    return .action(Bytes(action.dropFirst(7)))
  }
}
