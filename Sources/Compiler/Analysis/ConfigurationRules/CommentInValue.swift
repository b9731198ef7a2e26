import RestrictionDSL

/// A remark behind a value is part of the value.
public struct CommentInValue: ConfigurationRule {
  public static let id = "comment-in-value"
  public static let number: String? = "SP304"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    A remark behind a value is part of the value. Its words become elements of the list. Put \
    remarks on lines of their own.
    """

  public init() {}

  public func findings(in configuration: LintedConfiguration) -> [Diagnostic] {
    configuration.mainCF.names.flatMap { name -> [Diagnostic] in
      guard isList(name, in: configuration), let entry = configuration.mainCF.entry(name),
        let word = Settings.split(entry.value.text).first(where: { $0.hasPrefix("#") })
      else { return [] }
      var diagnostic = finding(
        "'\(word)' and what follows is part of the value of '\(name)'", at: entry.nameRange,
        help: "put the remark on a line of its own")
      diagnostic.fixIt = fixIt(entry)
      return [diagnostic]
    }
  }

  /// Moves the rest of the line onto one of its own above.
  private func fixIt(_ entry: MainCF.Entry) -> FixIt? {
    let bytes = entry.value.bytes
    let start = bytes.indices.first { index in
      bytes[index] == 0x23
        && (index == 0 || bytes[index - 1].isASCIISpace || bytes[index - 1] == 0x2C)
    }
    // The range ends with its line.
    guard let start, let range = entry.value.range(of: start..<bytes.count), range.line > 0 else {
      return nil
    }
    let remark = Bytes(bytes[start...]).text.split(separator: "\n").first.map(String.init) ?? ""
    let text = String(remark.prefix(range.length))
    return FixIt(
      "put the remark on a line of its own",
      edits: [
        FixIt.Edit(file: range.file, line: range.line, column: 1, length: 0, text: text + "\n"),
        .replacing(range, with: ""),
      ])
  }

  private func isList(_ name: String, in configuration: LintedConfiguration) -> Bool {
    if configuration.classNames.contains(name) { return true }
    switch ParameterCatalog.parameter(name)?.kind {
    case .list, .maps, .restrictions: return true
    default: return false
    }
  }
}
