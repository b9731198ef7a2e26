import CSystem
import Compiler
import Glibc
import RestrictionDSL

/// Services outside this process that a configuration needs and that are not there.
enum UnsupportedServices {
  /// One finding for each.
  static func diagnostics(
    _ program: DecisionProgram, _ settings: Settings, _ services: Server.Services
  ) -> [Diagnostic] {
    var found: [Diagnostic] = []
    if services == .postfix {
      found.append(
        Diagnostic(
          .error, "unsupported-service",
          "--services postfix: cleanup, rewrite and anvil of Postfix are not supported "
            + "by this server yet"))
    }
    let verify = "private/" + settings.string("address_verify_service_name")
    let mayAsk = services != .embedded && listens(verify, settings)
    guard !mayAsk else { return found }
    for operation in program.operations {
      guard case .rejectUnverified(let subject) = operation else { continue }
      let name = "reject_unverified_\(subject == .sender ? "sender" : "recipient")"
      let message =
        services == .embedded
        ? "\(name): needs the verify service of Postfix, and --services embedded forbids it"
        : "\(name): no verify service listens at \(verify)"
      let finding = Diagnostic(.error, "missing-service", message)
      if !found.contains(finding) { found.append(finding) }
    }
    return found
  }

  private static func listens(_ path: String, _ settings: Settings) -> Bool {
    let full = settings.string("queue_directory") + "/" + path
    guard let address = SocketAddress(path: full) else { return false }
    let fd = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard fd >= 0 else { return false }
    defer { close(fd) }
    return address.withPointer { connect(fd, $0, $1) } == 0
  }
}
