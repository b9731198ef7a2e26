import LookupTables
import RestrictionDSL

/// header_checks and its siblings: which tables apply where.
struct ContentChecks {
  struct Maps {
    let parameter: String
    let tables: [OpenTable]
  }

  let header: Maps
  let mime: Maps
  let nested: Maps
  let body: Maps
  /// Some table is for headers.
  let looksAtHeaders: Bool

  init(settings: Settings, tables: (TableSpec) -> OpenTable) {
    func maps(_ parameter: String) -> Maps {
      Maps(
        parameter: parameter,
        tables: settings.list(parameter).compactMap { TableSpec($0) }.map { tables($0) })
    }
    header = maps("header_checks")
    mime = maps("mime_header_checks")
    nested = maps("nested_header_checks")
    body = maps("body_checks")
    looksAtHeaders = !(header.tables.isEmpty && mime.tables.isEmpty && nested.tables.isEmpty)
  }

  /// Tables for a header.
  func maps(_ headerClass: HeaderClass, isMIME: Bool) -> Maps {
    if isMIME { return mime }
    return switch headerClass {
    case .primary: header
    case .multipart: mime
    case .nested: nested
    }
  }
}

/// The right-hand side of a content check.
///
/// - Source: header_checks(5); texts of bad ones observed
enum CheckAction: Hashable, Sendable {
  case none
  case ignore
  case strip(Bytes)
  /// Enhanced code and text.
  case reject(Bytes)
  case warn(Bytes)
  case info(Bytes)
  case pass(Bytes)
  case hold(Bytes)
  case discard(Bytes)
  case filter(Bytes)
  case redirect(Bytes)
  case bcc(Bytes)
  case prepend(Bytes)
  case replace(Bytes)
  /// Cannot be executed; the log line, without severity.
  case bad(String)

  /// - Parameter parameter: for messages
  /// - Parameter isHeader: PREPEND and REPLACE then need a header
  init(_ value: Bytes, parameter: String, isHeader: Bool) {
    let end = value.firstIndex(where: \.isASCIISpace) ?? value.endIndex
    let text = Bytes(value[end...].drop(while: \.isASCIISpace))
    let command = Bytes(value[..<end]).map(\.asciiUppercased).text
    switch command {
    case "DUNNO", "OK": self = .none
    case "IGNORE": self = .ignore
    case "STRIP": self = .strip(text)
    case "REJECT": self = .reject(CheckAction.detail(text, default: "message content rejected"))
    case "WARN": self = .warn(text)
    case "INFO": self = .info(text)
    case "PASS": self = .pass(text)
    case "HOLD": self = .hold(text)
    case "DISCARD": self = .discard(text)
    case "FILTER":
      if text.isEmpty {
        self = .bad("missing FILTER command argument in \(parameter) map")
      } else if text.contains(0x3A) {
        self = .filter(text)
      } else {
        self = .bad(
          "bad FILTER command \(text.text) in \(parameter) -- need transport:destination")
      }
    case "REDIRECT":
      self =
        text.contains(0x40)
        ? .redirect(text)
        : .bad("bad REDIRECT target \"\(text.text)\" in \(parameter) map -- need user@domain")
    case "BCC":
      self =
        text.contains(0x40)
        ? .bcc(text)
        : .bad("bad BCC address \"\(text.text)\" in \(parameter) map -- need user@domain")
    case "PREPEND", "REPLACE":
      if text.isEmpty {
        self = .bad("\(command) action without text in \(parameter) map")
      } else if isHeader && !HeaderLine.isHeader(text) {
        self = .bad(
          "bad \(command) header text \"\(text.text)\" in \(parameter) map"
            + " -- need \"headername: headervalue\"")
      } else {
        self = command == "PREPEND" ? .prepend(text) : .replace(text)
      }
    default: self = .bad("unknown command in \(parameter) map: \(value.text)")
    }
  }

  /// `5.7.1 text`, unless the text begins with an enhanced code of its own.
  private static func detail(_ text: Bytes, default fallback: String) -> Bytes {
    if let length = EnhancedCodeScan.length(text) {
      let rest = Bytes(text[length...].drop(while: \.isASCIISpace))
      return Bytes(text[..<length]) + [0x20] + (rest.isEmpty ? Bytes(fallback) : rest)
    }
    return Bytes("5.7.1 ") + (text.isEmpty ? Bytes(fallback) : text)
  }
}

/// Finds an enhanced status code at the start of a text.
enum EnhancedCodeScan {
  /// Length of `x.y.z`, x being 2, 4 or 5, the other numbers of one to three digits.
  static func length(_ text: Bytes) -> Int? {
    guard let first = text.first, first == 0x32 || first == 0x34 || first == 0x35 else {
      return nil
    }
    var index = 1
    for _ in 0..<2 {
      guard index < text.count, text[index] == 0x2E else { return nil }
      index += 1
      let start = index
      while index < text.count, text[index].isASCIIDigit { index += 1 }
      guard (1...3).contains(index - start) else { return nil }
    }
    guard index == text.count || text[index].isASCIISpace else { return nil }
    return index
  }
}
