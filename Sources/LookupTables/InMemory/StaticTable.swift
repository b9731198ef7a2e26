import RestrictionDSL

/// `static:value`, `static:{ text with blanks }` – the same answer for every key.
///
/// - Source: DATABASE_README "static"
final class StaticTable: LookupTable {
  let kind = TableKind.fixed
  let foldsKeys = false
  let encodesFiles = false
  private let value: Bytes

  init(name: String, opening: TableOpening) throws(OpenFailure) {
    let name = Bytes(name)
    var text = name
    if name.first == 0x7B {
      do { text = Bytes(try BraceText.unbraced(name[...])) } catch {
        throw OpenFailure("bad static:name syntax: \(error.message)")
      }
    }
    value = try opening.value(text)
  }

  /// The answer.
  var constant: Bytes { value }

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
  let encodesFiles = false
  private let values: [Bytes]

  init(name: String, opening: TableOpening) throws(OpenFailure) {
    var values: [Bytes] = []
    for token in BraceText.tokens(BraceText.body(ofName: Bytes(name)) ?? []) {
      values.append(try opening.value(Bytes(token)))
    }
    self.values = values
    guard !values.isEmpty else {
      throw OpenFailure("bad syntax: \"randmap:\(name)\"; need \"randmap:{value...}\"")
    }
  }

  /// What may be answered.
  var choices: [Bytes] { values }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    values[Int.random(in: values.indices)]
  }
}
