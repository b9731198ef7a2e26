import RestrictionDSL

/// A policy service as a restriction list names it: where it is, and what differs from the
/// `smtpd_policy_service_*` parameters.
///
/// - Source: postconf(5) check_policy_service; `{ endpoint, name = value … }` since Postfix 3.0
public struct PolicyEndpoint: Hashable, Sendable {
  public var address: ServiceAddress
  /// - Unit: seconds
  public var timeout: Int
  /// - Unit: seconds an unused connection is kept
  public var maxIdle: Int
  /// - Unit: seconds a connection is kept
  public var maxTTL: Int
  /// Requests over one connection; 0 is no limit.
  public var requestLimit: Int
  /// - Unit: seconds between two tries
  public var retryDelay: Int
  /// Tries for one request, at least 1.
  public var tryLimit: Int
  public var defaultAction: String
  public var policyContext: String

  /// Reads an endpoint as written, with braces or without.
  ///
  /// - Returns: `nil` where the text has no `transport:` or an option is not known or not readable;
  ///   the compiler has reported that.
  public init?(_ text: String, settings: Settings) {
    var words = [text]
    if text.hasPrefix("{"), text.hasSuffix("}") {
      words = Settings.split(String(text.dropFirst().dropLast()))
    }
    guard let first = words.first, let address = ServiceAddress(first) else { return nil }
    self.address = address
    timeout = settings.seconds("smtpd_policy_service_timeout")
    maxIdle = settings.seconds("smtpd_policy_service_max_idle")
    maxTTL = settings.seconds("smtpd_policy_service_max_ttl")
    requestLimit = settings.int("smtpd_policy_service_request_limit")
    retryDelay = settings.seconds("smtpd_policy_service_retry_delay")
    tryLimit = settings.int("smtpd_policy_service_try_limit")
    defaultAction = settings.string("smtpd_policy_service_default_action")
    policyContext = settings.string("smtpd_policy_service_policy_context")
    for word in words.dropFirst() {
      guard apply(word) else { return nil }
    }
  }

  private mutating func apply(_ option: String) -> Bool {
    var text = Bytes(option)[...]
    if text.first == 0x7B, text.last == 0x7D {
      text = text.dropFirst().dropLast().trimmedASCIISpace
    }
    guard let equals = text.firstIndex(of: 0x3D) else { return false }
    let name = text[..<equals].trimmedASCIISpace.text
    let value = text[(equals + 1)...].trimmedASCIISpace.text
    func set(_ path: WritableKeyPath<PolicyEndpoint, Int>, _ number: Int?) -> Bool {
      guard let number else { return false }
      self[keyPath: path] = number
      return true
    }
    switch name {
    case "timeout": return set(\.timeout, PolicyEndpoint.seconds(value))
    case "max_idle": return set(\.maxIdle, PolicyEndpoint.seconds(value))
    case "max_ttl": return set(\.maxTTL, PolicyEndpoint.seconds(value))
    case "retry_delay": return set(\.retryDelay, PolicyEndpoint.seconds(value))
    case "request_limit": return set(\.requestLimit, Int(value))
    case "try_limit": return set(\.tryLimit, Int(value))
    case "default_action": defaultAction = value
    case "policy_context": policyContext = value
    default: return false
    }
    return true
  }

  /// A time value, at most that of a time parameter; without unit it is seconds.
  private static func seconds(_ text: String) -> Int? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let last = text.last else { return nil }
    let unit = units[last]
    guard let number = Int(unit == nil ? text : String(text.dropLast())), number >= 0 else {
      return nil
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
    return overflow || product > Int(Int32.max) ? nil : product
  }
}
