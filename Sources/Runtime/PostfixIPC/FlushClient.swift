import Glibc
import LookupTables
import RestrictionDSL

/// Asks flush(8) to send the mail of a site, for ETRN.
///
/// - Source: facts postfix-ipc.md §8
public final class FlushClient {
  private let connector: ServiceConnector
  private let service: ServiceRequest.Service
  private let timeLimit: UInt64
  private let path: String

  public init(loop: EventLoop, hosts: HostResolver, settings: Settings) {
    connector = ServiceConnector(
      loop: loop, hosts: hosts, queueDirectory: settings.string("queue_directory"))
    path = "public/" + settings.string("flush_service_name")
    service = ServiceRequest.Service(
      address: .local(path: path),
      protocolName: "queue_flush_protocol")
    timeLimit = UInt64(max(settings.seconds("ipc_timeout"), 1)) * 1000
  }

  /// - Parameter then: the service's status, `nil` where it could not be asked; and what Postfix logs
  ///   where nobody listens
  public func ask(_ site: Bytes, then: @escaping (Int?, [String]) -> Void) {
    var log: [String] = []
    let path = path
    ServiceRequest.send(
      [("request", Bytes("send_site")), ("site", site)], to: service, by: connector,
      timeLimit: timeLimit, expecting: ["status"],
      notConnected: { log = ["warning: connect to \(path): \(String(cString: strerror($0)))"] }
    ) { values, _ in
      then(values.flatMap { AttributeCodec.number($0[0]) }, log)
    }
  }
}
