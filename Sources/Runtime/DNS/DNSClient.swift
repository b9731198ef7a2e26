import Glibc
import RestrictionDSL

/// Asks name servers for records: one question on the wire however many sessions ask it, answers
/// kept as long as they say.
///
/// Names are asked as they are; a search list is never applied.
public final class DNSClient {
  private struct Waiting {
    var waiters: [(DNSAnswer, [String]) -> Void]
  }

  private let loop: EventLoop
  private let port: UInt16
  private let resolverFile: String
  private var configuration: ResolverConfiguration
  private var stamp: FileStamp
  private var channel: DNSChannel
  private var cache = DNSCache()
  private var waiting: [DNSCache.Key: Waiting] = [:]

  /// Longest alias chain that is followed from reply to reply.
  private static let aliasLimit = 10

  /// - Parameter resolverFile: resolv.conf(5); a missing one means the local host
  /// - Parameter port: 53 but in tests
  /// - Throws: ``SystemError`` where the resolver library cannot be set up; the caller stops.
  public init(
    loop: EventLoop, resolverFile: String = "/etc/resolv.conf", port: UInt16 = 53
  ) throws(SystemError) {
    self.loop = loop
    self.port = port
    self.resolverFile = resolverFile
    stamp = FileStamp(of: resolverFile)
    configuration = ResolverConfiguration(SmallFile.contents(of: resolverFile))
    channel = try DNSChannel(loop: loop, configuration: configuration, port: port)
  }

  /// Reads resolv.conf again where it changed.
  ///
  /// Questions under way end without answer.
  public func refreshConfiguration() {
    let newStamp = FileStamp(of: resolverFile)
    guard newStamp != stamp else { return }
    stamp = newStamp
    let new = ResolverConfiguration(SmallFile.contents(of: resolverFile))
    guard new != configuration,
      let replacement = try? DNSChannel(loop: loop, configuration: new, port: port)
    else { return }
    configuration = new
    let old = channel
    channel = replacement
    cache.clear()
    old.close()
  }

  /// Asks for records; `then` is called once, perhaps before this returns.
  public func ask(
    _ name: Bytes, _ type: DNSType, then: @escaping (DNSAnswer, [String]) -> Void
  ) {
    // The name as asked goes into the question: servers and logs may care for its case.
    guard DNSName.isValid(name) || name == [0x2E] else { return then(.noName, []) }
    let key = DNSCache.Key(name: name.asciiLowercased, type: type)
    if let answer = cache.answer(to: key, now: loop.now) { return then(answer, []) }
    if waiting[key] != nil {
      waiting[key]?.waiters.append(then)
      return
    }
    waiting[key] = Waiting(waiters: [then])
    send(name, key: key, timeToLive: .max, aliases: 0, log: [])
  }

  /// Whether an answer is at hand or on its way: asking again costs no packet.
  func isKnown(_ name: Bytes, _ type: DNSType) -> Bool {
    let key = DNSCache.Key(name: name.asciiLowercased, type: type)
    return waiting[key] != nil || cache.answer(to: key, now: loop.now) != nil
  }

  private func send(
    _ name: Bytes, key: DNSCache.Key, timeToLive: UInt32, aliases: Int, log: [String]
  ) {
    channel.ask(name, key.type) { [weak self] reply in
      guard let self else { return }
      switch reply {
      case .noReply, .serverFailure: finish(key, .temporary, seconds: 0, log: log)
      case .unusableName: finish(key, .noName, seconds: 0, log: log)
      case .message(let message):
        let parsed = DNSReply(message, name: name, type: key.type)
        let log = log + parsed.log
        switch parsed.outcome {
        case .answer(let answer):
          finish(key, answer, seconds: min(timeToLive, parsed.timeToLive), log: log)
        case .alias(let target):
          guard aliases + 1 < DNSClient.aliasLimit else {
            let line = "warning: dns_lookup: Name server loop for \(target.text)"
            return finish(key, .noName, seconds: 0, log: log + [line])
          }
          send(
            target, key: key, timeToLive: min(timeToLive, parsed.timeToLive), aliases: aliases + 1,
            log: log)
        }
      }
    }
  }

  private func finish(_ key: DNSCache.Key, _ answer: DNSAnswer, seconds: UInt32, log: [String]) {
    // An answer that brings log lines is asked again, so that each session that meets it logs them.
    if log.isEmpty { cache.keep(answer, to: key, seconds: seconds, now: loop.now) }
    guard let waiters = waiting.removeValue(forKey: key)?.waiters else { return }
    for waiter in waiters { waiter(answer, log) }
  }

  /// Gives all questions up.
  public func close() { channel.close() }
}
