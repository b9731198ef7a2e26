import RestrictionDSL

/// Remarks that take findings away: `# smtpd-lint: allow ID -- reason` directly above what they
/// are about, in main.cf and in master.cf.
///
/// Above a parameter or a service the remark holds for all of its lines, above a continuation line
/// for that line alone; for the named rules only, several separated by commas. The reason is
/// required: without one the remark is a finding and takes nothing away.
struct Suppressions {
  fileprivate struct Remark {
    let range: SourceRange
    let lines: Range<Int>
    let ids: [String]
    let hasReason: Bool
    var used: Set<String> = []
  }

  fileprivate var remarks: [Remark] = []

  init(_ files: [SourceFile]) {
    for file in files { read(file) }
  }

  /// Takes a finding away where a remark says so: for its place, or that of a note.
  mutating func keeps(_ diagnostic: Diagnostic) -> Bool {
    let places = ([diagnostic.range] + diagnostic.notes.map(\.range)).compactMap(\.self)
    let number = LintRegistry.number(of: diagnostic.id)
    for index in remarks.indices where remarks[index].hasReason {
      let remark = remarks[index]
      guard
        places.contains(where: {
          $0.file == remark.range.file && remark.lines.contains($0.line)
        })
      else { continue }
      let hits = remark.ids.filter { $0 == diagnostic.id || $0 == number }
      guard !hits.isEmpty else { continue }
      remarks[index].used.formUnion(hits)
      return false
    }
    return true
  }

  /// Remarks without reason, and those that took nothing away.
  ///
  /// - Parameter isOnline: rules that ask the network have run.
  func findings(isOnline: Bool) -> [Diagnostic] {
    remarks.flatMap { remark -> [Diagnostic] in
      guard remark.hasReason else {
        return [
          Diagnostic(
            .warning, "suppression-without-reason",
            "the remark allows nothing: it gives no reason", at: remark.range,
            help: "write '# smtpd-lint: allow ID -- reason'")
        ]
      }
      return remark.ids.filter { !remark.used.contains($0) }.compactMap { id in
        guard let page = LintRegistry.page(id) else {
          return Diagnostic(
            .warning, "unused-suppression", "no rule is called '\(id)'", at: remark.range,
            help: NearestName.of(id, among: LintRegistry.ids).map { "did you mean '\($0)'?" })
        }
        guard isOnline || !page.needsNetwork else { return nil }
        return Diagnostic(
          .warning, "unused-suppression", "'\(id)' is allowed here and not found", at: remark.range,
          help: "remove the remark")
      }
    }
  }

  private mutating func read(_ file: SourceFile) {
    var pending: [(range: SourceRange, ids: [String], hasReason: Bool)] = []
    var open: [Int] = []
    var number = 0
    for line in file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      number += 1
      let content = line.trimmedASCIISpace
      guard let first = content.first else { continue }
      if first == 0x23 {
        if let (ids, hasReason) = Suppressions.remark(content) {
          let column = content.startIndex - line.startIndex + 1
          let range = SourceRange(
            file: file.path, line: number, column: column, length: content.count)
          pending.append((range, ids, hasReason))
        }
        continue
      }
      let continues = line.first?.isASCIISpace ?? false
      if !continues {
        for index in open { remarks[index] = remarks[index].ending(before: number) }
        open = []
      }
      for remark in pending {
        if !continues { open.append(remarks.count) }
        remarks.append(
          Remark(
            range: remark.range, lines: number..<(continues ? number + 1 : Int.max),
            ids: remark.ids, hasReason: remark.hasReason))
      }
      pending = []
    }
    for remark in pending {
      remarks.append(
        Remark(range: remark.range, lines: 0..<0, ids: remark.ids, hasReason: remark.hasReason))
    }
  }

  /// Reads `# smtpd-lint: allow ID, ID -- reason`.
  private static func remark(_ line: ArraySlice<UInt8>) -> (ids: [String], hasReason: Bool)? {
    let words = line.dropFirst().text.split(separator: " ", omittingEmptySubsequences: true)
    guard words.count >= 2, words[0] == "smtpd-lint:", words[1] == "allow" else { return nil }
    let ids = words[2...].prefix { $0 != "--" }
    let reason = words[2...].drop { $0 != "--" }.dropFirst()
    return (ids.flatMap { $0.split(separator: ",") }.map(String.init), !reason.isEmpty)
  }
}

extension Suppressions.Remark {
  fileprivate func ending(before line: Int) -> Self {
    Self(
      range: range, lines: lines.lowerBound..<max(line, lines.lowerBound), ids: ids,
      hasReason: hasReason, used: used)
  }
}
