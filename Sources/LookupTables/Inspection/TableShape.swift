import RestrictionDSL

/// What is known of the content of an open table, for analyses.
public enum TableShape {
  /// Every entry can be listed.
  case entries(any EntryTable)
  /// The same value for every key.
  case constant(Bytes)
  /// Addresses with the same answer, as the first address of each run, and the values that occur.
  case networks(firsts: [IPAddress], values: [Bytes])
  case patterns([PatternSummary])
  /// Values of all members are joined.
  case union([OpenTable])
  /// The value of one member is the key of the next.
  case pipe([OpenTable])
  case proxied(OpenTable)
  case random([Bytes])
  /// Every lookup fails.
  case failing
  /// Nothing is known.
  case opaque
}

/// A rule of a pattern table.
public struct PatternSummary: Hashable, Sendable {
  /// 1-based.
  public let line: Int
  /// Between the delimiters.
  public let pattern: Bytes
  /// The rule holds where the pattern does not match, or has a second pattern or an IF around it.
  public let isConditional: Bool
  /// The value, or `nil` where it holds parts of the key.
  public let value: Bytes?
  /// What stands in front of the first part of the key.
  public let prefix: Bytes
}

extension OpenTable {
  /// What is known of the table's content.
  ///
  /// - Complexity: O(rules) for tables in memory; entries are not read.
  public var shape: TableShape {
    switch opened {
    case let table as any EntryTable: return .entries(table)
    case let table as StaticTable: return .constant(table.constant)
    case let table as CIDRTable: return .networks(firsts: table.boundaries, values: table.allValues)
    case let table as PatternTable: return .patterns(table.summaries)
    case let table as UnionTable: return .union(table.members)
    case let table as PipeTable: return .pipe(table.members)
    case let table as ProxyTable: return table.inner.map { .proxied($0) } ?? .opaque
    case let table as RandomTable: return .random(table.choices)
    case is UnavailableTable, is FailTable: return .failing
    default: return .opaque
    }
  }

  /// Where the entry that answers a key is written; `nil` where no source is beside the table.
  ///
  /// - Complexity: reads the source once.
  public func place(of key: Bytes) -> (file: String, line: Int)? {
    switch opened {
    case let table as CIDRTable: return table.line(for: key).map { (spec.name, $0) }
    case let table as PatternTable: return table.line(for: key).map { (spec.name, $0) }
    case let table as ProxyTable: return table.inner?.place(of: key)
    case let table as UnionTable:
      for member in table.members {
        if let found = member.place(of: key) { return found }
      }
      return nil
    case let table as PipeTable: return table.members[0].place(of: key)
    default:
      guard ["hash", "btree", "lmdb", "cdb", "texthash"].contains(spec.type) else { return nil }
      return line(in: spec.name, of: key).map { (spec.name, $0) }
    }
  }

  private func line(in path: String, of key: Bytes) -> Int? {
    let options = TableOptions(smtputf8: true)
    let wanted = CaseFolding.fold(key, unicode: true)
    do {
      let reader = try FileReader(path: path)
      var source = TableSource(
        name: path, reader: reader, options: options, incompleteAction: "")
      var folded: Bytes = []
      while try source.next(warn: { _ in }) {
        source.copyKey(to: &folded)
        if folded == wanted { return source.line }
      }
    } catch { return nil }
    return nil
  }
}
