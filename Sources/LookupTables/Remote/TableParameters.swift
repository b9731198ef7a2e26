import RestrictionDSL

/// The parameters of one table: a file of `name = value` lines, or parameters of main.cf that begin
/// with the table's name.
///
/// A name that begins with a slash or a dot is a file. Values of a file are taken as they are: `$`
/// means nothing in a query.
///
/// - Source: sqlite_table(5) "OBSOLETE MAIN.CF PARAMETERS"; messages observed on 3.7.11
struct TableParameters {
  /// The file, or the name in main.cf: how messages call the table.
  let name: String
  private let isFile: Bool
  private let value: (String) -> String?

  /// - Throws: where the file cannot be read or has a line that is no `name = value`
  init(name: String, opening: TableOpening) throws(OpenFailure) {
    self.name = name
    isFile = name.hasPrefix("/") || name.hasPrefix(".")
    guard isFile else {
      let parameter = opening.options.mainParameter
      value = { parameter("\(name)_\($0)") }
      return
    }
    let text: Bytes
    do { text = try opening.options.parameterFiles.text(of: name) } catch {
      throw OpenFailure("open \(name): \(error.text)")
    }
    let file = MainCF(SourceFile(path: name, bytes: text))
    for line in file.diagnostics.compactMap(\.logLine) {
      guard line.hasPrefix("fatal: ") else {
        opening.warn(line)
        continue
      }
      throw OpenFailure(String(line.dropFirst(7)), isFatal: true)
    }
    value = { file.value($0)?.text }
  }

  /// Parameters without a file, for tests.
  init(name: String, values: [String: String]) {
    self.name = name
    isFile = true
    value = { values[$0] }
  }

  /// The value, which may be empty; `nil` where the parameter is not set.
  func optional(_ parameter: String) -> String? { value(parameter) }

  func string(_ parameter: String, _ fallback: String = "") -> String {
    value(parameter) ?? fallback
  }

  /// A parameter that must be set.
  func required(_ parameter: String, _ fallback: String = "") throws(OpenFailure) -> String {
    let text = string(parameter, fallback)
    guard text.isEmpty else { return text }
    throw failure("bad string length 0 < 1: \(shown(parameter)) = ")
  }

  /// - Parameter minimum: 0 for no limit
  func integer(
    _ parameter: String, _ fallback: Int, minimum: Int = 0
  ) throws(OpenFailure) -> Int {
    guard let text = value(parameter) else { return fallback }
    guard let number = Int32(text) else {
      throw failure("bad numerical configuration: \(shown(parameter)) = \(text)")
    }
    guard minimum == 0 || number >= minimum else {
      throw failure("invalid \(shown(parameter)) parameter value \(number) < \(minimum)")
    }
    return Int(number)
  }

  func boolean(_ parameter: String, _ fallback: Bool) throws(OpenFailure) -> Bool {
    guard let text = value(parameter) else { return fallback }
    switch text.lowercased() {
    case "yes": return true
    case "no": return false
    default: throw failure("bad boolean configuration: \(shown(parameter)) = \(text)")
    }
  }

  private func shown(_ parameter: String) -> String { isFile ? parameter : "\(name)_\(parameter)" }

  private func failure(_ text: String) -> OpenFailure {
    OpenFailure(isFile ? "\(name): \(text)" : text, isFatal: true)
  }
}
