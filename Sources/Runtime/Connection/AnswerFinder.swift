import LookupTables
import RestrictionDSL

/// Whoever waits for answers.
protocol AnswerWaiter: AnyObject {
  /// The answer is there. Called from the loop, perhaps before ``AnswerFinder/find(_:for:)`` returns.
  func receive(_ answer: Answer, to question: Question)
}

/// Finds the answer to every question that is not the session's own.
///
/// One for each loop and configuration. It keeps the waiter alive until the answer is there.
final class AnswerFinder {
  private let loop: EventLoop
  private let dns: DNSClient
  private let hosts: HostResolver
  private let policy: PolicyClient
  private let verify: VerifyClient
  private let flush: FlushClient
  private let tables: RemoteTables

  init(
    loop: EventLoop, dns: DNSClient, hosts: HostResolver, settings: Settings, tables: RemoteTables
  ) {
    self.loop = loop
    self.dns = dns
    self.hosts = hosts
    self.tables = tables
    policy = PolicyClient(loop: loop, hosts: hosts, settings: settings)
    verify = VerifyClient(loop: loop, hosts: hosts, settings: settings)
    flush = FlushClient(loop: loop, hosts: hosts, settings: settings)
  }

  /// Finds an answer for someone who waits.
  ///
  /// ``Question/commitMessage`` is not for here.
  func find(_ question: Question, for waiter: any AnswerWaiter) {
    switch question {
    case .dns(let name, let type):
      dns.ask(name, type) { answer, log in
        waiter.receive(Answer(.dns(answer), log: log), to: question)
      }
    case .addresses(let host, let family):
      hosts.addresses(of: host, family: family) { answer in
        waiter.receive(Answer(.host(answer)), to: question)
      }
    case .name(let address):
      hosts.name(of: address) { waiter.receive(Answer(.host($0)), to: question) }
    case .policy(let endpoint, let request, _):
      policy.ask(endpoint, request) { answer, log in
        waiter.receive(Answer(.policy(answer), log: log), to: question)
      }
    case .verify(let address, _):
      verify.ask(address) { answer, log in
        waiter.receive(Answer(.verify(answer), log: log), to: question)
      }
    case .flush(let site):
      flush.ask(site) { waiter.receive(Answer(.flush($0), log: $1), to: question) }
    case .table(let spec, let key):
      tables.ask(spec, key) { waiter.receive(Answer(.table($0), log: $1), to: question) }
    case .pause(let milliseconds, _):
      Pause.start(on: loop, milliseconds: milliseconds) {
        waiter.receive(Answer(.elapsed), to: question)
      }
    case .commitMessage:
      preconditionFailure("the connection commits its message itself")
    }
  }

  /// Starts a question whose answer will be wanted soon; other kinds than DNS wait for their turn.
  func prefetch(_ question: Question, for waiter: any AnswerWaiter) {
    switch question {
    case .dns, .addresses: find(question, for: waiter)
    case .name, .policy, .verify, .flush, .table, .pause, .commitMessage: break
    }
  }

  /// Housekeeping, about once per second.
  func tick() {
    hosts.refreshConfiguration()
    policy.closeIdle()
  }

  /// Another one takes over; questions under way are still answered.
  func retire() { policy.retire() }
}
