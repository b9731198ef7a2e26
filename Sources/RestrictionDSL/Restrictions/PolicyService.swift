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

  private enum OptionKind { case time, number(least: Int), text }

  /// Each overrides `smtpd_policy_service_NAME`.
  private static let options: [String: OptionKind] = [
    "timeout": .time, "max_idle": .time, "max_ttl": .time, "retry_delay": .time,
    "request_limit": .number(least: 0), "try_limit": .number(least: 1), "default_action": .text,
    "policy_context": .text,
  ]

  /// Names of the options of the form in braces.
  public static var optionNames: [String] { options.keys.sorted() }

  /// The argument as written: what messages show, and what connections are shared by.
  public let text: String
  public let endpoint: Endpoint
  /// Values by option name; times are plain seconds.
  public let overrides: [String: String]

  /// A mistake that stops the server at start.
  public struct Problem: Error, Hashable, Sendable {
    /// Without `fatal: `.
    public let message: String

    public init(message: String) { self.message = message }
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
      let bare =
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
      return .inet(host: bare, port: String(spec.name[spec.name.index(after: colon)...]))
    default:
      throw Problem(message: "invalid transport name: \(spec.type) in service: \(text)")
    }
  }

  private static func checked(_ name: String, _ value: String) throws(Problem) -> String {
    guard let option = options[name] else {
      throw Problem(message: "unknown option: \"\(name) = \(value)\"")
    }
    switch option {
    case .time:
      guard let seconds = seconds(value) else {
        throw Problem(message: "\(name): bad time value or unit: \(value)")
      }
      guard seconds >= 1 else {
        throw Problem(message: "invalid \(name) parameter value \(seconds) < 1")
      }
      return "\(seconds)"
    case .number(let least):
      guard let number = Int(value) else {
        throw Problem(message: "bad numerical configuration: \(name) = \(value)")
      }
      guard number >= least else {
        throw Problem(message: "invalid \(name) parameter value \(number) < \(least)")
      }
    case .text: break
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
