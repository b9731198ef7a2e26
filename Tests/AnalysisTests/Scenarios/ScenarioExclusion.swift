import Foundation

/// Why a scenario cannot be told by `explain`: each reason is a property that the scenario must have.
enum ScenarioExclusion: String, CaseIterable {
  case authentication = "AUTH, which is still to come"
  case filter = "a before-queue filter, which is still to come"
  case files = "files that change during the conversation"
  case time = "a time limit that runs out while the client is silent"
  case failingService = "a policy service that cannot be talked to: the log is its client's"
  case remoteTable = "a table of another server"
  case sideBySide = "connections that are open side by side"

  /// How many scenarios are left out for it; more are not allowed.
  var limit: Int {
    switch self {
    case .authentication: 23
    case .filter: 17
    case .files: 18
    case .time: 4
    case .failingService: 3
    case .remoteTable: 1
    case .sideBySide: 1
    }
  }

  static func reason(for file: ScenarioFile) -> ScenarioExclusion? {
    allCases.first { $0.applies(to: file) }
  }

  func applies(to file: ScenarioFile) -> Bool {
    let main = file.lines("main.cf").joined(separator: "\n")
    switch self {
    case .authentication: return main.contains("smtpd_sasl_auth_enable = yes")
    case .filter: return main.contains("smtpd_proxy_filter")
    case .files: return file.has("H")
    case .time: return file.lines("log").contains { $0.hasPrefix("timeout after ") }
    case .failingService:
      return main.contains("check_policy_service")
        && file.lines("log").contains { $0.hasPrefix("warning: problem talking to server ") }
    case .remoteTable: return main.contains("socketmap:")
    case .sideBySide: return file.connections.contains { $0.header("keep") == "open" }
    }
  }
}
