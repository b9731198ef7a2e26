import CSystem
import Glibc
import RestrictionDSL

/// A server that did not start.
///
/// Its reasons are in the log.
public struct StartFailure: Error {
  init() {}

  /// Logs the reasons.
  init(_ lines: [String], to output: any LogOutput) {
    let log = ServiceLog(output, name: "postfix")
    for line in lines { log.write(line) }
    output.flush()
  }
}

/// What is logged before a service takes its first client.
struct StartLines {
  /// In Postfix's order: parameters, tables, restriction lists.
  ///
  /// The last one is the fatal one.
  let all: [String]
  let isFatal: Bool

  /// The original gives up at this many `error: ` lines.
  private static let errorLimit = 13

  init(_ service: LiveService) {
    self.init(
      service.plan.parameterLines + service.openLines + service.plan.policyLines)
  }

  init(_ candidates: [String]) {
    var lines: [String] = []
    var errors = 0
    for line in candidates {
      lines.append(line)
      if line.hasPrefix("error: ") { errors += 1 }
      if errors == StartLines.errorLimit {
        lines.append("fatal: too many errors - program terminated")
        errors = 0
      }
      if lines.last?.hasPrefix("fatal: ") == true { break }
    }
    all = lines
    isFatal = lines.last?.hasPrefix("fatal: ") == true
  }
}

/// Where a server logs to.
enum LogChoice {
  static func standardError() -> any LogOutput {
    DescriptorLog(descriptor: 2, hostName: MachineFacts.current.hostName)
  }

  /// maillog_file where it is set, else standard error, else syslog where nobody sees that.
  static func output(_ settings: Settings) -> any LogOutput {
    let hostName = settings.string("myhostname")
    let file = settings.string("maillog_file")
    switch file {
    case "":
      if isSeen(2) { return DescriptorLog(descriptor: 2, hostName: hostName) }
      return SyslogLog(facility: settings.string("syslog_facility"))
    case "/dev/stdout": return DescriptorLog(descriptor: 1, hostName: hostName)
    default:
      do { return try DescriptorLog(path: file, hostName: hostName) } catch {
        let fallback = DescriptorLog(descriptor: 2, hostName: hostName)
        ServiceLog(fallback, name: settings.string("syslog_name")).write("warning: \(error)")
        return fallback
      }
    }
  }

  /// Whether the descriptor is open and not the null device.
  private static func isSeen(_ descriptor: CInt) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    var null = stat()
    guard stat("/dev/null", &null) == 0 else { return true }
    return status.st_mode & S_IFMT != S_IFCHR || status.st_rdev != null.st_rdev
  }
}
