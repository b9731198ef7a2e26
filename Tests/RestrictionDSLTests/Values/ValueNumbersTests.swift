import RestrictionDSL
import Testing

@Suite struct `Numbers of values` {
  @Test func `are those of the first meeting`() {
    var numbers = ValueNumbers()
    // Alike in length and last byte, of which the place among the last ones depends.
    let texts = ["OK", "", "REJECT a1", "REJECT b1", "OK", "REJECT a1", "REJECT b1", "", "NO"]
    let found = texts.map { numbers.number(of: Bytes($0).span) }
    #expect(found == [0, 1, 2, 3, 0, 2, 3, 1, 4])
    #expect(numbers.values == ["OK", "", "REJECT a1", "REJECT b1", "NO"].map { Bytes($0) })
  }

  @Test func `end at a limit for what is new`() {
    var numbers = ValueNumbers(limit: 2)
    let found = ["a", "b", "c", "a", "b", "c"].map { numbers.number(of: Bytes($0).span) }
    #expect(found == [0, 1, nil, 0, 1, nil])
  }
}
