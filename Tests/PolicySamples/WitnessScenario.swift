import Analysis
import RestrictionDSL
import Runtime

/// A witness as a conformance scenario: the client comes from its own address, and the DNS says what
/// the witness takes for granted.
///
/// Format: Tests/ConformanceTests/FORMAT.md
public struct WitnessScenario {
  public let text: String

  /// - Parameter name: file name without `.scn`.
  public init(name: String, values: [String: String], witness: Witness) {
    let conversation = witness.conversation
    var lines = ["scenario: \(name)", "family: witness", "", "== main.cf"]
    lines += values.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
    lines += ["", "== dns"]
    lines += Self.zone(conversation)
    lines += ["", "== connection 1", "from: \(conversation.client)"]
    if conversation.client.bitWidth == 128 { lines.append("to: ::1") }
    for exchange in witness.exchanges where exchange.command != "CONNECT" {
      if exchange.command == "." { lines += ["D: Subject: witness", "D:", "D: text"] }
      lines.append("C: \(exchange.command)")
      lines += exchange.replies.map { "S: \($0)" }
    }
    lines += ["C: QUIT", ""]
    text = lines.joined(separator: "\n")
  }

  private static func zone(_ conversation: Conversation) -> [String] {
    let address = "\(conversation.client)"
    let type = conversation.client.bitWidth == 32 ? "A" : "AAAA"
    var lines: [String] = []
    var named = ""
    switch conversation.clientName {
    case .verified(let name):
      named = name.text
      lines += ["\(address) PTR \(named)", "\(named) \(type) \(address)"]
    case .forged(let name):
      named = name.text
      lines += ["\(address) PTR \(named)", "\(named) A 192.0.2.199"]
    case .unconfirmed(let name):
      named = name.text
      lines += ["\(address) PTR \(named)", "\(named) SERVFAIL"]
    case .missing, nil: break
    case .temporary: lines.append("\(address) SERVFAIL")
    }
    let mail = [conversation.sender ?? []] + conversation.recipients
    let domains = mail.compactMap { path in
      path.lastIndex(of: 0x40).map { path[($0 + 1)...].filter { $0 != 0x3E }.text }
    }
    let hosts = domains + [conversation.helo?.text ?? ""]
    for host in Set(hosts).sorted() where host.first?.isLetter == true && host != named {
      lines += ["\(host) A 192.0.2.200", "\(host) MX 10 \(host)"]
    }
    return lines
  }
}
