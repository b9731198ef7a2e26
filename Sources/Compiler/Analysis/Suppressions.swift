import RestrictionDSL

/// Remarks that take findings away: `# smtpd-lint: allow ID -- reason` directly above a parameter.
///
/// The remark holds for the lines of that entry, and for that rule alone; several ids are
/// separated by commas.
struct Suppressions {
  private struct Allowed {
    let file: String
    let lines: Range<Int>
    let ids: Set<String>
  }

  private var allowed: [Allowed] = []

  init(_ mainCF: MainCF) {
    for file in mainCF.files {
      let starts = mainCF.entries.map(\.line).sorted()
      for (index, line) in file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        .enumerated()
      {
        guard let ids = Suppressions.ids(line), let start = starts.first(where: { $0 > index + 1 })
        else { continue }
        let end = starts.first { $0 > start } ?? Int.max
        allowed.append(Allowed(file: file.path, lines: start..<end, ids: ids))
      }
    }
  }

  /// Whether a finding stays.
  func keeps(_ diagnostic: Diagnostic) -> Bool {
    guard let range = diagnostic.range else { return true }
    return !allowed.contains { remark in
      guard remark.file == range.file, remark.lines.contains(range.line) else { return false }
      return remark.ids.contains(diagnostic.id)
        || remark.ids.contains(LintRegistry.number(of: diagnostic.id) ?? diagnostic.id)
    }
  }

  private static func ids(_ line: some Collection<UInt8>) -> Set<String>? {
    let text = Bytes(line.drop(while: \.isASCIISpace)).text
    guard text.hasPrefix("#") else { return nil }
    let words = text.dropFirst().split(separator: " ", omittingEmptySubsequences: true)
    guard words.count >= 3, words[0] == "smtpd-lint:", words[1] == "allow" else { return nil }
    let ids = words[2...].prefix { $0 != "--" }
    return Set(ids.flatMap { $0.split(separator: ",") }.map(String.init))
  }
}
