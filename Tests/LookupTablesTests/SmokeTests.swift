import LookupTables
import RestrictionDSL
import Testing

@Suite struct `table cache` {
  @Test func `opens one specification once`() {
    let cache = TableCache(options: TableOptions(smtputf8: true))
    let spec = TableSpec(type: "static", name: "x")
    #expect(cache.open(spec) === cache.open(spec))
  }
}
