import Glibc
import LookupTables
import RestrictionDSL

/// Asks verify(8) whether an address can be delivered to.
///
/// - Source: facts postfix-ipc.md §5
public final class VerifyClient {
  private let connector: ServiceConnector
  private let service: ServiceRequest.Service
  private let timeLimit: UInt64

  public init(loop: EventLoop, hosts: HostResolver, settings: Settings) {
    connector = ServiceConnector(
      loop: loop, hosts: hosts, queueDirectory: settings.string("queue_directory"))
    service = ServiceRequest.Service(
      address: .local(path: "private/" + settings.string("address_verify_service_name")),
      protocolName: "address_verification_prrotocol")
    timeLimit = UInt64(max(settings.seconds("ipc_timeout"), 1)) * 1000
  }

  /// Asks once, and once more a second later where the service cannot be talked to.
  public func ask(_ address: Bytes, then: @escaping (VerifyAnswer, [String]) -> Void) {
    ask(address, log: [], isLast: false, then: then)
  }

  private func ask(
    _ address: Bytes, log: [String], isLast: Bool,
    then: @escaping (VerifyAnswer, [String]) -> Void
  ) {
    let attributes: [AttributeCodec.Attribute] = [
      ("request", Bytes("query")), ("address", address),
    ]
    ServiceRequest.send(
      attributes, to: service, by: connector, timeLimit: timeLimit,
      expecting: ["status", "recipient_status", "reason"]
    ) { [self] values, code in
      if let values, let status = AttributeCodec.number(values[0]) {
        guard status == 0, let recipient = AttributeCodec.number(values[1]) else {
          return then(.failed, log)
        }
        return then(.status(recipient, text: values[2]), log)
      }
      let reason = code == 0 ? "Application error" : SystemError("", "", code: code).reason
      let isQuiet = !isLast && [0, EPIPE, ENOENT, ECONNRESET].contains(code)
      let line = "warning: problem talking to service \(service.address.name): \(reason)"
      let log = isQuiet ? log : log + [line]
      guard !isLast else { return then(.failed, log) }
      Pause.start(on: connector.loop, milliseconds: 1000) {
        self.ask(address, log: log, isLast: true, then: then)
      }
    }
  }
}
