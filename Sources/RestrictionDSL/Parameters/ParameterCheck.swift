/// Checks of one value, by kind.
///
/// - Source: facts §10.4; texts observed with Postfix 3.7.11
enum ParameterCheck {
  /// A value that does not fit.
  struct Failure: Error, Hashable {
    /// For people.
    let message: String
    /// What Postfix logs before, without `warning: `.
    var warnings: [String] = []
    /// As Postfix logs it, without `fatal: `.
    let fatal: String

    /// All lines that Postfix logs.
    var logLine: String {
      (warnings.map { "warning: \($0)" } + ["fatal: \(fatal)"]).joined(separator: "\n")
    }
  }

  /// Checks a value.
  ///
  /// - Returns: the value that ``Settings`` holds: booleans in lower case, plain numbers, seconds.
  static func normalised(_ text: Bytes, _ parameter: Parameter) throws(Failure) -> String {
    switch parameter.kind {
    case .bool, .nbool: try bool(text, parameter)
    case .int, .nint: try number(text, parameter, Int(Int32.min)...Int(Int32.max))
    case .long: try number(text, parameter, Int.min...Int.max)
    case .time: try time(text, parameter)
    case .string, .raw, .list, .maps, .style, .restrictions: try string(text, parameter)
    }
  }

  private static func bool(_ text: Bytes, _ parameter: Parameter) throws(Failure) -> String {
    if text.equalsIgnoringCase("yes".utf8) { return "yes" }
    if text.equalsIgnoringCase("no".utf8) { return "no" }
    throw Failure(
      message: "'\(parameter.name)' must be yes or no, not '\(text.text)'",
      fatal: "bad boolean configuration: \(parameter.name) = \(text.text)")
  }

  private static func number(
    _ text: Bytes, _ parameter: Parameter, _ range: ClosedRange<Int>
  ) throws(Failure) -> String {
    guard let value = Int(text.text), range.contains(value) else {
      throw Failure(
        message: "'\(parameter.name)' must be a whole number, not '\(text.text)'",
        fatal: "bad numerical configuration: \(parameter.name) = \(text.text)")
    }
    if parameter.minimum != 0 && value < parameter.minimum {
      throw outside(parameter, value, "< \(parameter.minimum)", "at least \(parameter.minimum)")
    }
    if parameter.maximum != 0 && value > parameter.maximum {
      throw outside(parameter, value, "> \(parameter.maximum)", "at most \(parameter.maximum)")
    }
    return String(value)
  }

  private static func outside(
    _ parameter: Parameter, _ value: Int, _ relation: String, _ bound: String
  ) -> Failure {
    Failure(
      message: "'\(parameter.name)' must be \(bound), not \(value)",
      fatal: "invalid \(parameter.name) parameter value \(value) \(relation)")
  }

  private static func time(_ text: Bytes, _ parameter: Parameter) throws(Failure) -> String {
    let name = parameter.name
    guard let value = TimeValue.seconds(text, defaultUnit: parameter.timeUnit) else {
      throw Failure(
        message: "'\(name)' must be a time such as 30s, not '\(text.text)'",
        fatal: "parameter \(name): bad time value or unit: \(text.text)")
    }
    if parameter.minimum != 0 && value < parameter.minimum {
      throw Failure(
        message: "'\(name)' must be at least \(parameter.minimum) seconds, not \(value)",
        fatal: "invalid \(name): \(value) (min \(parameter.minimum))")
    }
    if parameter.maximum != 0 && value > parameter.maximum {
      throw Failure(
        message: "'\(name)' must be at most \(parameter.maximum) seconds, not \(value)",
        fatal: "invalid \(name): \(value) (max \(parameter.maximum))")
    }
    return String(value)
  }

  private static func string(_ text: Bytes, _ parameter: Parameter) throws(Failure) -> String {
    let name = parameter.name
    if text.count < parameter.minimum {
      let relation = "\(text.count) < \(parameter.minimum)"
      let shown = parameter.kind == .raw ? "(\(relation))" : relation
      throw Failure(
        message: text.isEmpty ? "'\(name)' must not be empty" : "'\(name)' is too short",
        fatal: "bad string length \(shown): \(name) = \(text.text)")
    }
    if parameter.maximum != 0 && text.count > parameter.maximum {
      throw Failure(
        message: "'\(name)' is too long",
        fatal: "bad string length \(text.count) > \(parameter.maximum): \(name) = \(text.text)")
    }
    return text.text
  }
}

/// A time as main.cf writes it: a number and a unit.
public enum TimeValue {
  /// - Parameter defaultUnit: counts where the number has no unit.
  /// - Returns: seconds; `nil` where there is no number, an unknown unit, or more than 32 bits.
  ///   What follows the unit is ignored.
  public static func seconds(_ text: some Collection<UInt8>, defaultUnit: UInt8 = 0x73) -> Int? {
    var digits = text[...]
    if digits.first == 0x2B { digits = digits.dropFirst() }
    var value = 0
    var count = 0
    while let byte = digits.first, byte.isASCIIDigit {
      value = value * 10 + Int(byte - 0x30)
      guard value <= Int(Int32.max) else { return nil }
      digits = digits.dropFirst()
      count += 1
    }
    guard count > 0, let unit = unitSeconds(digits.first ?? defaultUnit) else { return nil }
    let (product, overflow) = value.multipliedReportingOverflow(by: unit)
    return overflow || product > Int(Int32.max) ? nil : product
  }

  private static func unitSeconds(_ unit: UInt8) -> Int? {
    switch unit {
    case 0x77: 604_800
    case 0x64: 86_400
    case 0x68: 3600
    case 0x6D: 60
    case 0x73: 1
    default: nil
    }
  }
}

extension Parameter {
  /// The unit of a value that names none: that of the default.
  var timeUnit: UInt8 { defaultText?.utf8.last ?? 0x73 }
}
