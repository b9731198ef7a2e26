import Compiler
import RestrictionDSL
import Testing

/// Rows are looked up in batches: nothing of that may show.
@Suite struct `Rows of large tables` {
  private func content(_ rows: [(key: String, value: String)]) throws -> TableContent {
    let table = try #require(TableSpec("hash:/etc/postfix/access"))
    var examiner = TableExaminer(table, file: "access", uses: [.client(parentsWithDot: false)])
    for (index, row) in rows.enumerated() {
      examiner.add(key: Bytes(row.key), value: Bytes(row.value)[...], line: index + 1)
    }
    return examiner.finish()
  }

  @Test(arguments: [1, 2, 63, 64, 65, 700, 2900])
  func `that come twice are found at any distance`(distance: Int) throws {
    var rows = (0..<3000).map { (key: "host\($0).example", value: $0 % 2 == 0 ? "OK" : "REJECT") }
    rows[2950].key = rows[2950 - distance].key
    rows[2950].value = "DEFER"
    let content = try content(rows)
    #expect(content.rowCount == 3000)
    #expect(
      content.problems.map(\.message) == [
        "key 'host\(2950 - distance).example' has another value already in line "
          + "\(2951 - distance), which counts"
      ])
    #expect(content.problems.first?.line == 2951)
    // The row that does not count does nothing.
    #expect(content.answers.map(\.count) == [1499, 1500])
    #expect(content.answers.first?.rows.first?.key == "host0.example")
  }

  @Test(
    arguments: [
      ("10.1.2.3", nil), ("10", nil), ("0.0.0.0", nil), ("10.1.2.03", "10.1.2.3"),
      ("010.1", "10.1"), ("10.256", "no address"), ("10.1.2.3.4", nil),
      ("1.2.3.4567890123456789", "no address"),
    ] as [(String, String?)])
  func `with addresses are alive as they are written in lookups`(
    key: String, normal: String?
  ) throws {
    let messages = try content([(key: key, value: "OK")]).problems.map(\.message)
    let expected = normal.map {
      $0 == "no address"
        ? "key '\(key)' is never found: it is no address"
        : "key '\(key)' is never found: it is written as '\($0)' when it is looked up"
    }
    #expect(messages == [expected].compactMap { $0 })
  }
}
