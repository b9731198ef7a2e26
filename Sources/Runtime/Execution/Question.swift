import LookupTables
import RestrictionDSL

/// DNS record types that the server asks for.
public enum DNSType: UInt16, Hashable, Sendable {
  case a = 1, ns = 2, cname = 5, soa = 6, ptr = 12, mx = 15, txt = 16, aaaa = 28
}

/// Which addresses of a host are asked for.
public enum HostFamily: UInt8, Hashable, Sendable {
  /// Those of inet_protocols.
  case enabled
  /// One family: the check whether a client's name leads back to its address asks only for the
  /// client's own (observed: a host without any gives `No address associated with hostname`).
  case ipv4, ipv6
}

/// Something that cannot be known without waiting.
///
/// Whoever needs the answer looks into its ``AnswerBook`` and, where it is not there, throws
/// ``Suspension/ask(_:)``; the event loop finds the answer and the same step is run again. A step
/// therefore has no effect before all its answers are there.
public enum Question: Hashable, Sendable {
  case dns(name: Bytes, type: DNSType)
  /// Addresses of a host, as getaddrinfo(3) gives them: hosts file and DNS.
  case addresses(host: Bytes, family: HostFamily = .enabled)
  /// Name of an address, as getnameinfo(3) gives it.
  case name(of: IPAddress)
  /// One request to a policy service, complete with its empty line. `serial` makes it unique.
  case policy(endpoint: String, request: Bytes, serial: Int)
  /// Status of an address from the verify service; `attempt` counts polls.
  case verify(address: Bytes, attempt: Int)
  /// The flush service, for ETRN.
  case flush(site: Bytes)
  /// Probe of a remote table.
  case table(TableSpec, key: Bytes)
  /// A pause; `serial` makes it unique.
  case pause(milliseconds: Int, serial: Int)
  /// Complete, sync and publish the open message of this session.
  case commitMessage
}

/// What a DNS server said.
public enum DNSAnswer: Hashable, Sendable {
  /// In the order of the reply.
  case records([DNSRecord])
  /// The name does not exist.
  case noName
  /// The name has no record of this type.
  case noData
  /// SERVFAIL, timeout, no server.
  case temporary
  /// A reply that cannot be parsed, REFUSED and the like.
  case malformed
}

/// One resource record.
public enum DNSRecord: Hashable, Sendable {
  case address(IPAddress, ttl: UInt32)
  /// Host is without trailing dot; the null MX has an empty host.
  case mx(preference: UInt16, host: Bytes, ttl: UInt32)
  case host(Bytes, ttl: UInt32)
  /// All character strings of the record joined.
  case text(Bytes, ttl: UInt32)
}

/// What getaddrinfo(3) or getnameinfo(3) said.
public enum HostAnswer: Hashable, Sendable {
  case addresses([IPAddress])
  case name(Bytes)
  /// Text of gai_strerror(3), for instance `Name or service not known`.
  case failed(temporary: Bool, reason: String)
}

/// What a policy service said.
public enum PolicyAnswer: Hashable, Sendable {
  /// Text after `action=`.
  case action(Bytes)
  case failed
}

/// What the verify service said.
public enum VerifyAnswer: Hashable, Sendable {
  /// Status 0 deliverable, 1 deferred, 2 undeliverable, 3 in progress.
  case status(Int, text: Bytes)
  case failed
}

/// What became of a message.
public enum CommitAnswer: Hashable, Sendable {
  /// Complete, synced, in place.
  case queued
  /// Not stored; the enumeration is the order of precedence of smtp-session.md "End of data".
  case failed(MessageFailure)
}

/// Why a message was not stored.
public enum MessageFailure: Error, Hashable, Sendable {
  /// A complete SMTP reply from behind, passed on.
  case reply(Bytes)
  case deferred(Bytes)
  case internalError(Int)
  case tooBig
  case tooManyHops
  /// Enhanced code and text, or empty.
  case content(Bytes)
  case writeError
}

/// The answer to a ``Question``.
///
/// `log` holds lines that Postfix logs while it waits for the answer, each with its severity prefix.
public struct Answer: Hashable, Sendable {
  public enum Value: Hashable, Sendable {
    case dns(DNSAnswer)
    case host(HostAnswer)
    case policy(PolicyAnswer)
    case verify(VerifyAnswer)
    /// Status of the flush service, `nil` where it cannot be reached.
    case flush(Int?)
    case table(Result<Bytes?, LookupError>)
    case elapsed
    case commit(CommitAnswer)
  }

  public let value: Value
  public let log: [String]

  public init(_ value: Value, log: [String] = []) {
    self.value = value
    self.log = log
  }
}

/// Why a step could not be finished now.
public enum Suspension: Error, Hashable, Sendable {
  /// Get this answer and run the same step again.
  case ask(Question)
  /// A table could not be asked.
  case failed(LookupError)
}
