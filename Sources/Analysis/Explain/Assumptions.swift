import LookupTables
import RestrictionDSL
import Runtime

/// Answers in the place of the network, and remembers which of them nobody gave.
public final class Assumptions {
  private let given: [WhatIf]
  private let listDomains: [String]
  private let ask: ((Question) -> Answer?)?
  /// What was taken for granted without being told, in order, each once.
  public private(set) var made: [String] = []
  /// Questions that the network would have been asked.
  public private(set) var waits = 0

  /// - Parameters:
  ///   - listDomains: domains of DNS lists, ``Rehearsal/listDomains``.
  ///   - ask: asks the real network; `nil` answers nothing there.
  public init(
    _ given: [WhatIf] = [], listDomains: [String], ask: ((Question) -> Answer?)? = nil
  ) {
    self.given = given
    self.listDomains = listDomains
    self.ask = ask
  }

  public func answer(_ question: Question) -> Answer {
    waits += 1
    if let answer = told(question) { return Answer(answer) }
    if let answer = ask?(question) { return answer }
    let (value, statement) = supposed(question)
    if let statement, !made.contains(statement) { made.append(statement) }
    return Answer(value)
  }

  private func told(_ question: Question) -> Answer.Value? {
    for item in given {
      switch (item, question) {
      case (.listed(let domain, let address), .dns(let name, let type)):
        guard name.text.lowercased().hasSuffix("." + domain) else { continue }
        switch type {
        case .a: return .dns(.records([.address(address, ttl: 60)]))
        default: return .dns(.noData)
        }
      case (.record(let wanted, let kind, let answer), .dns(let name, let type)):
        if kind == nil || type == kind, name.text.lowercased() == wanted { return .dns(answer) }
      case (.record(let wanted, let kind, let answer), .addresses(let host, _)):
        guard kind == nil || kind == .a || kind == .aaaa, host.text.lowercased() == wanted else {
          continue
        }
        return .host(Assumptions.addresses(answer))
      case (.record(let wanted, let kind, let answer), .name(let address)):
        guard kind == nil || kind == .ptr,
          wanted == "\(address)" || wanted == ReverseName.name(of: address).text
        else {
          continue
        }
        return .host(Assumptions.name(answer))
      case (.policy(let answer), .policy): return .policy(answer)
      case (.verify(let answer), .verify): return .verify(answer)
      case (.table(let spec, let key, let value), .table(let asked, let askedKey)):
        if asked == spec, askedKey == key { return .table(.success(value)) }
      default: continue
      }
    }
    return isNamed(question) ? .dns(.noData) : nil
  }

  /// A name with something given has nothing else.
  private func isNamed(_ question: Question) -> Bool {
    guard case .dns(let name, _) = question else { return false }
    let asked = name.text.lowercased()
    return given.contains { item in
      if case .record(let wanted, _, _) = item { wanted == asked } else { false }
    }
  }

  private static func name(_ answer: DNSAnswer) -> HostAnswer {
    if case .records(let records) = answer, case .host(let name, _)? = records.first {
      return .name(name)
    }
    return addresses(answer == .temporary ? .temporary : .noName)
  }

  private static func addresses(_ answer: DNSAnswer) -> HostAnswer {
    guard case .records(let records) = answer else {
      return .failed(
        temporary: answer == .temporary,
        reason: answer == .temporary
          ? "Temporary failure in name resolution" : "Name or service not known")
    }
    return .addresses(
      records.compactMap { if case .address(let address, _) = $0 { address } else { nil } })
  }

  /// What is taken for granted, and how to say so.
  private func supposed(_ question: Question) -> (Answer.Value, String?) {
    switch question {
    case .dns(let name, let type):
      let text = name.text.lowercased()
      if let list = listDomains.first(where: { text.hasSuffix("." + $0) }) {
        return (.dns(.noName), "not listed at \(list)")
      }
      return (.dns(Assumptions.resolving(name, type)), "\(name.text) resolves")
    case .addresses(let host, _):
      return (.host(.addresses([Assumptions.someAddress])), "\(host.text) resolves")
    case .name(let address):
      return (
        .host(.failed(temporary: false, reason: "Name or service not known")),
        "\(address) has no name"
      )
    case .policy(let endpoint, _, _):
      return (.policy(.action(Bytes("DUNNO"))), "policy service \(endpoint) answers DUNNO")
    case .verify(let address, _):
      return (.verify(.status(0, text: [])), "\(address.text) is deliverable")
    case .flush: return (.flush(0), "the flush service accepts")
    case .table(let spec, let key):
      return (.table(.success(nil)), "table \(spec) has no \(key.text)")
    case .pause: return (.elapsed, nil)
    case .commitMessage: return (.commit(.queued), nil)
    }
  }

  /// An address of the documentation block.
  static let someAddress = IPAddress.v4(0xC000_02C8)

  static func resolving(_ name: Bytes, _ type: DNSType) -> DNSAnswer {
    switch type {
    case .a: .records([.address(someAddress, ttl: 60)])
    case .mx: .records([.mx(preference: 10, host: Bytes("mx.") + name, ttl: 60)])
    case .ns: .records([.host(Bytes("ns.") + name, ttl: 60)])
    case .ptr, .cname, .soa, .txt, .aaaa: .noData
    }
  }
}
