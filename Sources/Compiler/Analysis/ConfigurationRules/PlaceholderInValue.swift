import RestrictionDSL

/// A template was not filled in.
public struct PlaceholderInValue: ConfigurationRule {
  public static let id = "placeholder-in-value"
  public static let severity = Diagnostic.Severity.error
  public static let explanation = """
    A template was not filled in. The value still has the mark of a template language in it.
    """

  public init() {}

  public func findings(in configuration: LintedConfiguration) -> [Diagnostic] {
    configuration.mainCF.entries.compactMap { entry in
      guard let mark = placeholder(in: entry.value.text) else { return nil }
      return finding("'\(mark)' in '\(entry.name)' was not filled in", at: entry.nameRange)
    }
  }

  private func placeholder(in text: String) -> String? {
    for (open, close) in [("{{", "}}"), ("{%", "%}"), ("<%", "%>"), ("[[", "]]"), ("%%", "%%")] {
      if let mark = enclosed(text, open, close) { return mark }
    }
    return Settings.split(text).first { word in
      let bytes = Bytes(word)
      let isMarked = bytes.count > 2 && bytes.first == 0x40 && bytes.last == 0x40
      return isMarked || isBlank(word.lowercased())
        || ["CHANGEME", "CHANGE_ME", "REPLACEME", "FIXME", "TODO"].contains(word)
    }
  }

  /// Names that stand for the reader's own, as in `yourdomain.tld` or `<your-hostname>`.
  ///
  /// - Parameter word: in lower case
  private func isBlank(_ word: String) -> Bool {
    if word.count > 2, word.hasPrefix("<"), word.hasSuffix(">") { return true }
    let labels = word.split(separator: ".")
    let things = ["domain", "host", "hostname", "server", "mailserver", "company", "name"]
    let blanks = things.flatMap { ["your\($0)", "your-\($0)", "your_\($0)"] }
    return labels.contains { blanks.contains(String($0)) }
      || labels.count > 1 && labels.last == "tld"
  }

  /// A name between two marks; `{{a = b}}` is an inline table.
  private func enclosed(_ text: String, _ open: String, _ close: String) -> String? {
    let bytes = Bytes(text)
    let (start, end) = (Bytes(open), Bytes(close))
    guard let from = bytes.firstRange(of: start) else { return nil }
    let rest = bytes[from.upperBound...]
    guard let to = rest.firstRange(of: end) else { return nil }
    let name = rest[..<to.lowerBound].trimmedASCIISpace
    let isName = name.allSatisfy {
      $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x5F || $0 == 0x2E || $0 == 0x20 || $0 == 0x2D
        || $0 == 0x7C
    }
    guard !name.isEmpty, isName, name.first?.isASCIILetter == true else { return nil }
    return bytes[from.lowerBound..<to.upperBound].text
  }
}
