/// The argument of check_policy_service taken apart.
///
/// - Source: SMTPD_POLICY_README; facts restrictions.md §3, §5.9; messages observed on 3.7.11
public struct PolicyService: Hashable, Sendable {
  public enum Endpoint: Hashable, Sendable {
    /// `inet:host:port`, as written after the transport.
    case inet(host: String, port: String)
    /// `unix:path`, relative to the queue directory.
    case unix(path: String)
  }

  /// Whether an option's value is a time.
  private static let options: [String: (parameter: String, isTime: Bool)] = [
    "timeout": ("smtpd_policy_service_timeout", true),
    "max_idle": ("smtpd_policy_service_max_idle", true),
    "max_ttl": ("smtpd_policy_service_max_ttl", true),
    "request_limit": ("smtpd_policy_service_request_limit", false),
    "retry_delay": ("smtpd_policy_service_retry_delay", true),
    "try_limit": ("smtpd_policy_service_try_limit", false),
    "default_action": ("smtpd_policy_service_default_action", false),
    "policy_context": ("smtpd_policy_service_policy_context", false),
  ]

  /// Names of the options of the form in braces.
  public static let optionNames = options.keys.sorted()

  /// The argument as written: what messages show, and what connections are shared by.
  public let text: String
  public let endpoint: Endpoint
  /// Values by option name; times are plain seconds.
  public let overrides: [String: String]

  /// A mistake that stops the server at start.
  public struct Problem: Error, Hashable, Sendable {
    /// Without `fatal: `.
    public let message: String
  }

  /// - Throws: ``Problem``; the caller reports it as fatal.
  public init(_ text: String) throws(Problem) {
    self.text = text
    guard text.utf8.first == 0x7B else {
      endpoint = try PolicyService.endpoint(text)
      overrides = [:]
      return
    }
    guard let inner = text.insideBraces else {
      throw Problem(message: "policy service syntax error: \(text.dropFirst())")
    }
    let parts = Settings.split(inner)
    guard let first = parts.first else {
      throw Problem(message: "empty policy service: \"\(text)\"")
    }
    var values: [String: String] = [:]
    for part in parts.dropFirst() {
      let option = part.insideBraces ?? part
      guard let (name, value) = option.nameAndValue else {
        throw Problem(
          message: "malformed option: missing '=' after attribute name: \"...\(option)...\"")
      }
      values[name] = try PolicyService.checked(name, value)
    }
    overrides = values
    endpoint = try PolicyService.endpoint(first)
  }

  private static func endpoint(_ text: String) throws(Problem) -> Endpoint {
    guard let spec = TableSpec(text) else {
      throw Problem(message: "need service transport:endpoint instead of \"\(text)\"")
    }
    switch spec.type {
    case "unix", "local":
      return .unix(path: spec.name)
    case "inet":
      guard let colon = spec.name.lastIndex(of: ":") else {
        return .inet(host: "", port: spec.name)
      }
      let host = String(spec.name[..<colon])
      let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
      return .inet(host: bare, port: String(spec.name[spec.name.index(after: colon)...]))
    default:
      throw Problem(message: "invalid transport name: \(spec.type) in service: \(text)")
    }
  }

  private static func checked(_ name: String, _ value: String) throws(Problem) -> String {
    guard let option = options[name] else {
      throw Problem(message: "unknown option: \"\(name) = \(value)\"")
    }
    if option.isTime {
      guard let seconds = seconds(value) else {
        throw Problem(message: "\(name): bad time value or unit: \(value)")
      }
      // request_limit and retry_delay may be anything from 0 and 1; a time limit of 0 is refused.
      guard seconds >= 1 else {
        throw Problem(message: "invalid \(name) parameter value \(seconds) < 1")
      }
      return "\(seconds)"
    }
    if name == "try_limit" || name == "request_limit" {
      guard let number = Int(value) else {
        throw Problem(message: "bad numerical configuration: \(name) = \(value)")
      }
      let least = name == "try_limit" ? 1 : 0
      guard number >= least else {
        throw Problem(message: "invalid \(name) parameter value \(number) < \(least)")
      }
    }
    return value
  }

  /// A number with an optional unit, seconds without one.
  private static func seconds(_ text: String) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits) else { return nil }
    let factor: Int
    switch text.dropFirst(digits.count).first {
    case nil, "s"?: factor = 1
    case "m"?: factor = 60
    case "h"?: factor = 3600
    case "d"?: factor = 86400
    case "w"?: factor = 604_800
    default: return nil
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }
}
