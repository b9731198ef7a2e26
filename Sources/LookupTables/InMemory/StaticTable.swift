import RestrictionDSL

/// `static:value`, `static:{ text with blanks }` – the same answer for every key.
///
/// - Source: DATABASE_README "static"
final class StaticTable: LookupTable {
  let kind = TableKind.fixed
  let foldsKeys = false
  private let value: Bytes

  init(name: String) throws(OpenFailure) {
    let name = Bytes(name)
    guard name.first == 0x7B else {
      value = name
      return
    }
    do { value = Bytes(try BraceText.unbraced(name[...])) } catch {
      throw OpenFailure("bad static:name syntax: \(error.message)")
    }
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? { value }
}

/// `fail:name` – every lookup fails.
///
/// - Source: DATABASE_README "fail"
final class FailTable: LookupTable {
  let kind = TableKind.pattern

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    throw LookupError(.temporary, [], reason: "Application error")
  }
}

/// `randmap:{value, …}` – a random value for every key.
///
/// - Source: DATABASE_README "randmap"
final class RandomTable: LookupTable {
  let kind = TableKind.pattern
  private let values: [Bytes]

  init(name: String) throws(OpenFailure) {
    let body = BraceText.body(ofName: Bytes(name))
    values = body.map { BraceText.tokens($0).map { Bytes($0) } } ?? []
    guard !values.isEmpty else {
      throw OpenFailure("bad syntax: \"randmap:\(name)\"; need \"randmap:{value...}\"")
    }
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    values[Int.random(in: values.indices)]
  }
}
