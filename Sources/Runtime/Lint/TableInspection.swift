import Compiler
import Glibc
import LookupTables
import RestrictionDSL

/// One table of a configuration: whether it opens, who may write it, what its rows say.
struct TableInspection {
  private let wanted: FileInspection.Wanted
  private let started: Int?
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var content: TableContent?
  private var lineCount = 0

  /// Lines of one file that are reported one by one.
  private static let lineLimit = 5

  /// - Parameter started: when Postfix was started, where it runs.
  init(_ wanted: FileInspection.Wanted, started: Int?) {
    self.wanted = wanted
    self.started = started
  }

  private var table: TableSpec { wanted.table }

  mutating func run() {
    // What a proxied table holds is what the table holds.
    var inner = table
    while inner.type == "proxy", let next = TableSpec(inner.name) { inner = next }
    switch inner.type {
    case "cidr": readNetworks(inner)
    case "texthash": readSource(inner)
    case "hash", "btree", "lmdb", "cdb":
      if openIndexed(inner), !wanted.isAliasFile { readSource(inner) }
    default: openOther(inner)
    }
    reportChange(inner)
    for problem in content?.problems ?? [] { report(problem) }
  }

  // MARK: Opening

  private func open(_ spec: TableSpec) -> (table: OpenTable, messages: [String]) {
    let cache = TableCache(options: wanted.options)
    let table = cache.open(spec)
    return (table, cache.openMessages)
  }

  /// - Returns: whether rows are worth reading.
  private mutating func openIndexed(_ spec: TableSpec) -> Bool {
    if spec.type == "lmdb", let reason = LMDBFormat.mistake(in: spec.name + ".lmdb") {
      add(
        .error, "lmdb-format", "table '\(table)': \(reason)",
        help: "dump it with the old library and build it anew", fixIt: rebuild(spec))
      return true
    }
    let (opened, messages) = open(spec)
    for message in messages { reportOpening(message, spec) }
    reportOwner(spec)
    guard opened.openFailure == nil else { return true }
    let isDamaged = reportDamage(spec, opened)
    if access(spec.name, R_OK) != 0 {
      if isDamaged { return false }
      readIndex(spec, opened)
      return false
    }
    return true
  }

  /// - Returns: whether there is damage
  private mutating func reportDamage(_ spec: TableSpec, _ opened: OpenTable) -> Bool {
    do throws(LookupError) { try opened.inspect() } catch {
      add(
        .error, "damaged-table",
        "table '\(table)': \(opened.ownName): \(error.reason ?? "damaged")",
        help: "keys are not found although they are in its source", fixIt: rebuild(spec))
      return true
    }
    return false
  }

  private mutating func openOther(_ spec: TableSpec) {
    let (opened, messages) = open(spec)
    for message in messages { reportOpening(message, spec) }
    guard opened.openFailure == nil else { return }
    let file = spec.name.hasPrefix("{") ? nil : spec.name
    switch opened.shape {
    case .patterns(let rules):
      content = RuleExaminer.examine(
        table, file: file,
        rules: rules.map { rule in
          PatternRuleText(
            line: rule.line, pattern: rule.pattern, isConditional: rule.isConditional,
            value: rule.value ?? rule.prefix, isConstant: rule.value != nil)
        }, uses: wanted.uses)
    case .entries(let entries) where spec.type == "inline":
      var examiner = TableExaminer(table, file: nil, uses: wanted.uses)
      var line = 0
      // An inline table is in memory: it cannot fail.
      try? entries.forEachEntry { key, value in
        line += 1
        examiner.add(key: key, value: value[...], line: line)
      }
      content = examiner.finish()
    default: break
    }
  }

  private mutating func reportOpening(_ line: String, _ spec: TableSpec) {
    let text = line.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? line
    guard line.hasPrefix("warning: ") else {
      let canBuild =
        TableRegistry.type(named: spec.type)?.storage != nil && access(spec.name, R_OK) == 0
      add(
        .error, "table-unavailable", "table '\(table)': \(text)",
        help: "every lookup fails with a temporary error", fixIt: canBuild ? rebuild(spec) : nil)
      return
    }
    if text.contains(" is older than source file ") {
      add(
        .warning, "stale-table", "table '\(table)': \(text)", help: "run postmap \(spec)",
        fixIt: rebuild(spec))
    } else {
      reportLine(text, spec)
    }
  }

  /// `…, line N: …` about a line that is skipped.
  private mutating func reportLine(_ text: String, _ spec: TableSpec) {
    lineCount += 1
    guard lineCount <= TableInspection.lineLimit else { return }
    let bytes = Bytes(text)
    var range = wanted.element.range
    var notes = wanted.element.notes
    if let mark = bytes.firstRange(of: Bytes(", line ")) {
      let digits = bytes[mark.upperBound...].prefix(while: \.isASCIIDigit)
      if let line = Int(digits.text), !spec.name.hasPrefix("{") {
        range = SourceRange(file: spec.name, line: line, column: 1)
        notes = useNotes
      }
    }
    diagnostics.append(
      Diagnostic(.warning, "table-line", "table '\(table)': \(text)", at: range, notes: notes))
  }

  private func rebuild(_ spec: TableSpec) -> FixIt? {
    guard access(spec.name, R_OK) == 0 else { return nil }
    return FixIt("build '\(spec)' from its source", rebuilds: [spec])
  }

  // MARK: Rows

  private mutating func readSource(_ spec: TableSpec) {
    var examiner = TableExaminer(table, file: spec.name, uses: wanted.uses)
    var messages: [String] = []
    do {
      try TableInspector.rows(
        of: spec.name, options: wanted.options, warn: { messages.append($0) },
        visit: { examiner.add(key: $0, value: $1, line: $2) })
    } catch {
      // Without source there are no rows to read; a text table does not open then.
      if spec.type == "texthash" {
        add(
          .error, "table-unavailable",
          "table '\(table)': open database \(spec.name): \(error.text)",
          help: "every lookup fails with a temporary error")
      }
      return
    }
    for message in messages { reportLine(message, spec) }
    content = examiner.finish()
  }

  private mutating func readIndex(_ spec: TableSpec, _ opened: OpenTable) {
    guard case .entries(let entries) = opened.shape else { return }
    var examiner = TableExaminer(table, file: nil, uses: wanted.uses, isIndexOnly: true)
    do {
      var line = 0
      try entries.forEachEntry { key, value in
        line += 1
        examiner.add(key: key, value: value[...], line: line)
      }
      content = examiner.finish()
    } catch {
      for message in error.messages { reportLine(message, spec) }
    }
  }

  private mutating func readNetworks(_ spec: TableSpec) {
    do {
      let (rules, messages) = try TableInspector.networks(of: spec.name, options: wanted.options)
      for message in messages { reportOpening(message, spec) }
      content = RuleExaminer.examine(
        table, file: spec.name.hasPrefix("{") ? nil : spec.name,
        rules: rules.map {
          NetworkRule(
            line: $0.line, network: $0.network, isConditional: $0.isConditional, value: $0.value)
        }, uses: wanted.uses)
    } catch {
      reportOpening("error: \(error.reason)", spec)
    }
  }

  // MARK: Files

  /// A text table that was changed after Postfix was started.
  private mutating func reportChange(_ spec: TableSpec) {
    guard let started, ["texthash", "cidr", "regexp", "pcre"].contains(spec.type),
      let changed = status(spec.name)?.st_mtim.tv_sec, changed > started
    else { return }
    add(
      .info, "text-table-changed",
      "table '\(table)' was changed after Postfix was started, which reads it once",
      help: "run postfix reload")
  }

  /// Who could put another index in the place of one that root made.
  private mutating func reportOwner(_ spec: TableSpec) {
    let suffix = ["hash": ".db", "btree": ".db", "lmdb": ".lmdb", "cdb": ".cdb"][spec.type] ?? ""
    let path = spec.name + suffix
    guard let index = status(path), index.st_uid == 0 else { return }
    var directory = "."
    if let slash = path.lastIndex(of: "/") { directory = String(path[...slash]) }
    let reason: String?
    if index.st_mode & S_IWOTH != 0 {
      reason = "everybody may write it"
    } else if index.st_mode & S_IWGRP != 0 && index.st_gid != 0 {
      reason = "group \(index.st_gid) may write it"
    } else if let folder = status(directory) {
      if folder.st_uid != 0 {
        reason = "its directory belongs to user \(folder.st_uid)"
      } else if folder.st_mode & S_IWOTH != 0 && folder.st_mode & S_ISVTX == 0 {
        reason = "everybody may write its directory"
      } else {
        reason = nil
      }
    } else {
      reason = nil
    }
    guard let reason else { return }
    add(
      .warning, "writable-table", "index '\(path)' was made by root, and \(reason)",
      help: "whoever can change it decides about mail: mend owner and mode")
  }

  private func status(_ path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  // MARK: Findings

  private var useNotes: [Diagnostic.Note] {
    guard let range = wanted.element.range else { return wanted.element.notes }
    return [Diagnostic.Note(range: range, message: "the table is named here")]
  }

  private mutating func report(_ problem: TableContent.Problem) {
    var range = wanted.element.range
    var notes = wanted.element.notes
    if let file = content?.file, let line = problem.line {
      range = SourceRange(file: file, line: line, column: 1)
      notes = useNotes
    }
    diagnostics.append(
      Diagnostic(
        problem.severity, problem.id, "table '\(table)': \(problem.message)", at: range,
        help: problem.help, notes: notes))
  }

  private mutating func add(
    _ severity: Diagnostic.Severity, _ id: String, _ message: String, help: String,
    fixIt: FixIt? = nil
  ) {
    diagnostics.append(
      Diagnostic(
        severity, id, message, at: wanted.element.range, help: help, notes: wanted.element.notes,
        fixIt: fixIt))
  }
}

/// The first page of an LMDB file.
///
/// - Source: lmdb mdb.c, MDB_meta: page header of 16 bytes (12 on 32-bit machines), then magic
///   number and version in the byte order of the machine
enum LMDBFormat {
  /// Why the library of this machine cannot use a file; `nil` where it can, or the file is missing.
  static func mistake(in path: String) -> String? {
    let head = SmallFile.contents(of: path, limit: 1).prefix(32)
    guard head.count == 32 else { return nil }
    func number(at offset: Int) -> UInt32 {
      head[offset..<(offset + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
    let magic: UInt32 = 0xBEEF_C0DE
    switch (number(at: 16), number(at: 12)) {
    case (magic, _):
      let version = number(at: 20)
      return version == 1 ? nil : "its LMDB format is \(version), this library reads 1"
    case (_, magic): return "its LMDB file was made on a 32-bit machine"
    case (magic.byteSwapped, _), (_, magic.byteSwapped):
      return "its LMDB file was made on a machine of the other byte order"
    default: return nil
    }
  }
}
