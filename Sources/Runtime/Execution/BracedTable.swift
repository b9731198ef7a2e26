import LookupTables
import RestrictionDSL

/// Stands for `{ type:name … }` where only check_ccert_access understands braces: Postfix opens what is
/// inside and then looks for a table of the whole text, which is not there.
///
/// - Source: facts restrictions.md §5.2; names of the checks observed on 3.7.11
final class BracedTable: LookupTable {
  let kind = TableKind.fixed

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    throw LookupError(.temporary, [])
  }
}
