import Foundation
import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct `Server plan` {
  private func plan(
    _ main: String, master: String?, listen: [ListenAddress] = [], isStrict: Bool = false
  ) throws -> ServerPlan {
    let directory = NSTemporaryDirectory() + "smtpd-plan-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let base = "compatibility_level = 3.6\nmyhostname = mail.example.com\nqueue_directory = /tmp\n"
    try (base + main).write(toFile: directory + "/main.cf", atomically: true, encoding: .utf8)
    try master?.write(toFile: directory + "/master.cf", atomically: true, encoding: .utf8)
    return try ServerPlan(
      ServerPlan.Source(
        directory: directory, addresses: listen, services: .auto, isStrict: isStrict))
  }

  private let local = IPAddress.v4(0x7F00_0001)

  // master(5)
  @Test func `takes the services of master.cf with their overrides`() throws {
    let master = """
      # service type  private unpriv  chroot  wakeup  maxproc command + args
      127.0.0.1:2525 inet n - n - - smtpd -o smtpd_banner=first
      [::1]:2526 inet n - n - - smtpd
        -o { smtpd_banner = second one } -o syslog_name=postfix/other
      smtpd pass - - n - - smtpd
      cleanup unix n - n - 0 cleanup

      """
    let plan = try plan("inet_interfaces = 127.0.0.1\n", master: master)
    #expect(plan.services.map(\.name) == ["127.0.0.1:2525", "[::1]:2526"])
    #expect(
      plan.services.map(\.addresses) == [
        [ListenAddress(local, port: 2525)], [ListenAddress(.v6(0, 1), port: 2526)],
      ])
    #expect(plan.services.map { $0.settings.string("smtpd_banner") } == ["first", "second one"])
    #expect(
      plan.services.map { $0.settings.string("syslog_name") } == ["postfix", "postfix/other"])
    #expect(
      plan.notes == [
        "warning: master.cf service smtpd/pass: not served, only Internet services are"
      ])
  }

  @Test func `serves port 25 of inet_interfaces where master_cf is missing`() throws {
    let some = try plan("inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\n", master: nil)
    #expect(some.services.map(\.addresses) == [[ListenAddress(local, port: 25)]])
    let all = try plan("inet_interfaces = all\ninet_protocols = all\n", master: nil)
    #expect(
      all.services.map(\.addresses) == [
        [ListenAddress(.v4(0), port: 25), ListenAddress(.v6(0, 0), port: 25)]
      ])
  }

  @Test func `listens where the command line says, and nowhere else`() throws {
    let master = "127.0.0.1:2525 inet n - n - - smtpd -o smtpd_banner=first\n"
    let plan = try plan("", master: master, listen: [ListenAddress(local, port: 2600)])
    #expect(plan.services.map(\.name) == ["127.0.0.1:2600"])
    #expect(plan.services.map(\.addresses) == [[ListenAddress(local, port: 2600)]])
  }

  @Test func `names what it cannot do`() {
    let parameters = [
      "smtpd_sasl_auth_enable = yes", "smtpd_tls_security_level = may", "smtpd_use_tls = yes",
      "smtpd_proxy_filter = 127.0.0.1:1", "smtpd_upstream_proxy_protocol = haproxy",
    ]
    for parameter in parameters {
      #expect(
        lines { try plan(parameter + "\n", master: nil) } == [
          "fatal: \(parameter): not supported by this server yet"
        ])
    }
  }

  @Test func `names at start what it does not honour`() throws {
    let text = "in_flow_delay = 0\ndebug_peer_level = 5\ndaemon_timeout = 18000s\n"
    #expect(
      try plan(text, master: nil).notes == [
        "warning: parameter in_flow_delay is not honoured: this server does the work of the other "
          + "program itself"
      ])
    #expect(try plan(text, master: nil).services.map(\.parameterLines) == [[]])
  }

  @Test func `refuses any error when it is strict`() {
    let main = "smtpd_client_restrictions = reject_unknown_clients\n"
    #expect(lines { try plan(main, master: nil) } == nil)
    let strict = lines { try plan(main, master: nil, isStrict: true) }
    #expect(strict?.count == 1)
    #expect(strict?.first?.hasPrefix("fatal: configuration error: ") == true)
  }

  @Test func `says which file is missing`() {
    let source = ServerPlan.Source(
      directory: "/nonexistent", addresses: [], services: .auto, isStrict: false)
    #expect(
      lines { try ServerPlan(source) } == [
        "fatal: open /nonexistent/main.cf: No such file or directory"
      ])
  }

  /// The lines of a refusal; `nil` where the plan was good.
  private func lines(_ make: () throws -> ServerPlan) -> [String]? {
    do {
      _ = try make()
      return nil
    } catch ServerPlan.Failure.fatal(let lines) {
      return lines
    } catch { return ["\(error)"] }
  }
}
