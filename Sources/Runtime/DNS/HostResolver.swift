import CSystem
import Glibc
import RestrictionDSL

/// Host names and addresses as getaddrinfo(3) and getnameinfo(3) give them, without blocking: the
/// hosts file, then DNS.
public final class HostResolver {
  private let dns: DNSClient
  private let hostsFile: String
  private var hosts: HostsFile
  private var stamp: FileStamp
  private let usesIPv4: Bool
  private let usesIPv6: Bool

  /// - Parameter protocols: value of inet_protocols
  public init(dns: DNSClient, protocols: [String], hostsFile: String = "/etc/hosts") {
    self.dns = dns
    self.hostsFile = hostsFile
    stamp = FileStamp(of: hostsFile)
    hosts = HostsFile(SmallFile.contents(of: hostsFile))
    let names = protocols.map { $0.lowercased() }
    usesIPv4 = names.contains("all") || names.contains("ipv4") || names.isEmpty
    usesIPv6 = names.contains("all") || names.contains("ipv6") || names.isEmpty
  }

  /// Reads the hosts file again where it changed.
  public func refreshConfiguration() {
    let newStamp = FileStamp(of: hostsFile)
    guard newStamp != stamp else { return }
    stamp = newStamp
    hosts = HostsFile(SmallFile.contents(of: hostsFile))
  }

  /// Addresses of a host in the order of RFC 6724.
  public func addresses(
    of host: Bytes, family: HostFamily = .enabled, then: @escaping (HostAnswer) -> Void
  ) {
    let wantsIPv4 = family == .ipv4 || family == .enabled && usesIPv4
    let wantsIPv6 = family == .ipv6 || family == .enabled && usesIPv6
    func isWanted(_ address: IPAddress) -> Bool { address.bitWidth == 32 ? wantsIPv4 : wantsIPv6 }
    if let literal = IPAddress(host) {
      return then(isWanted(literal) ? .addresses([literal]) : .failed(.familyNotSupported))
    }
    let name = host.last == 0x2E ? Bytes(host.dropLast()) : host
    let local = hosts.addresses(of: name).filter(isWanted)
    if !local.isEmpty { return then(.addresses(AddressOrder.sorted(local))) }
    guard DNSName.isValid(name) else { return then(.failed(.unknownName)) }
    let both = BothFamilies { first, second in
      then(HostResolver.combined(ipv4: first, ipv6: second))
    }
    both.expected = (wantsIPv4 ? 1 : 0) + (wantsIPv6 ? 1 : 0)
    if wantsIPv4 { dns.ask(name, .a) { answer, _ in both.first(answer) } }
    if wantsIPv6 { dns.ask(name, .aaaa) { answer, _ in both.second(answer) } }
  }

  /// The name of an address.
  public func name(of address: IPAddress, then: @escaping (HostAnswer) -> Void) {
    if let name = hosts.name(of: address) { return then(.name(name)) }
    dns.ask(ReverseName.name(of: address), .ptr) { answer, _ in
      switch answer {
      case .records(let records):
        // The first name counts, good or bad (observed: a good one behind it is not looked at).
        guard case .host(let name, _)? = records.first,
          DNSName.passesLibrary(name)
        else { return then(.failed(.unknownName)) }
        then(.name(name))
      case .noName, .noData, .malformed: then(.failed(.unknownName))
      case .temporary: then(.failed(.tryAgain))
      }
    }
  }

  /// The IPv4 answer decides whether the host is there; IPv6 only adds to it, and speaks alone where
  /// IPv4 has no data or is switched off.
  ///
  /// - Source: observed with glibc 2.36: SERVFAIL for A is a temporary failure whatever AAAA says,
  ///   SERVFAIL for AAAA beside an answer for A is not noticed.
  private static func combined(ipv4: DNSAnswer?, ipv6: DNSAnswer?) -> HostAnswer {
    var addresses: [IPAddress] = []
    var failure: HostFailure?
    for answer in [ipv4, ipv6].compactMap({ $0 }) {
      switch answer {
      case .records(let records):
        for case .address(let address, _) in records { addresses.append(address) }
      case .temporary where failure == nil && addresses.isEmpty: return .failed(.tryAgain)
      case .malformed where failure == nil && addresses.isEmpty: return .failed(.nonRecoverable)
      case .temporary, .malformed: break
      case .noName: failure = failure ?? .unknownName
      case .noData: failure = failure ?? .noAddress
      }
    }
    guard !addresses.isEmpty else { return .failed(failure ?? .unknownName) }
    return .addresses(AddressOrder.sorted(addresses))
  }
}

/// Joins the answers of two questions.
private final class BothFamilies {
  var expected = 0
  private var answers: (DNSAnswer?, DNSAnswer?) = (nil, nil)
  private let then: (DNSAnswer?, DNSAnswer?) -> Void

  init(then: @escaping (DNSAnswer?, DNSAnswer?) -> Void) { self.then = then }

  func first(_ answer: DNSAnswer) {
    answers.0 = answer
    arrived()
  }

  func second(_ answer: DNSAnswer) {
    answers.1 = answer
    arrived()
  }

  private func arrived() {
    expected -= 1
    if expected == 0 { then(answers.0, answers.1) }
  }
}

/// The errors of getaddrinfo(3) that can come up, with the texts of gai_strerror(3).
enum HostFailure: String, Hashable {
  case unknownName = "Name or service not known"
  case tryAgain = "Temporary failure in name resolution"
  case nonRecoverable = "Non-recoverable failure in name resolution"
  case noAddress = "No address associated with hostname"
  case familyNotSupported = "Address family for hostname not supported"
}

extension HostAnswer {
  static func failed(_ failure: HostFailure) -> HostAnswer {
    .failed(temporary: failure == .tryAgain, reason: failure.rawValue)
  }
}
