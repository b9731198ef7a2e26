/// A JSON value: the little that findings need, without Foundation.
///
/// - Source: RFC 8259
public indirect enum JSONText: Hashable, Sendable {
  case string(String)
  case number(Int)
  case bool(Bool)
  case array([JSONText])
  /// Members in order.
  case object([(name: String, value: JSONText)])

  public static func == (left: JSONText, right: JSONText) -> Bool { left.text == right.text }

  public func hash(into hasher: inout Hasher) { hasher.combine(text) }

  /// The text, indented by two blanks a level, without line end.
  public var text: String { rendered(indent: 0) }

  private func rendered(indent: Int) -> String {
    let inner = String(repeating: " ", count: indent + 2)
    let outer = String(repeating: " ", count: indent)
    switch self {
    case .string(let text): return JSONText.quoted(text)
    case .number(let number): return "\(number)"
    case .bool(let value): return "\(value)"
    case .array(let values):
      guard !values.isEmpty else { return "[]" }
      let items = values.map { inner + $0.rendered(indent: indent + 2) }
      return "[\n\(items.joined(separator: ",\n"))\n\(outer)]"
    case .object(let members):
      guard !members.isEmpty else { return "{}" }
      let items = members.map {
        "\(inner)\(JSONText.quoted($0.name)): \($0.value.rendered(indent: indent + 2))"
      }
      return "{\n\(items.joined(separator: ",\n"))\n\(outer)}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
