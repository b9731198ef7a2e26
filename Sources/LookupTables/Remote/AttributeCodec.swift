import RestrictionDSL

/// The null-terminated attribute form of Postfix's internal services.
///
/// `name NUL value NUL` repeated; an empty name ends the list.
///
/// - Source: facts postfix-ipc.md §2.1
package enum AttributeCodec {
  package typealias Attribute = (name: String, value: Bytes)

  /// Writes one list.
  ///
  /// A value ends at its first NUL, as a C string would.
  package static func encode(_ attributes: [Attribute]) -> Bytes {
    var list = Bytes()
    for attribute in attributes {
      list.append(contentsOf: attribute.name.utf8)
      list.append(0)
      list.append(contentsOf: attribute.value.prefix { $0 != 0 })
      list.append(0)
    }
    list.append(0)
    return list
  }

  /// Reads one list from the front of the input.
  ///
  /// - Returns: the attributes and the number of bytes they took; `nil` while the end is missing.
  package static func decode(_ input: Bytes) -> (attributes: [Attribute], length: Int)? {
    var attributes: [Attribute] = []
    var position = 0
    while let nameEnd = input[position...].firstIndex(of: 0) {
      if nameEnd == position { return (attributes, nameEnd + 1) }
      let valueStart = nameEnd + 1
      guard let valueEnd = input[valueStart...].firstIndex(of: 0) else { return nil }
      attributes.append((input[position..<nameEnd].text, Bytes(input[valueStart..<valueEnd])))
      position = valueEnd + 1
    }
    return nil
  }

  /// The values of the expected attributes, in that order; others between them are skipped.
  ///
  /// - Returns: `nil` where one is missing.
  package static func values(_ names: [String], in attributes: [Attribute]) -> [Bytes]? {
    var values: [Bytes] = []
    var rest = attributes[...]
    for name in names {
      guard let index = rest.firstIndex(where: { $0.name == name }) else { return nil }
      values.append(rest[index].value)
      rest = rest[(index + 1)...]
    }
    return values
  }

  /// A number as the services print it: unsigned 32 bits, so that -1 is 4294967295.
  package static func number(_ text: Bytes) -> Int? {
    guard !text.isEmpty, text.allSatisfy(\.isASCIIDigit), let number = UInt64(text.text),
      number <= UInt64(UInt32.max)
    else { return nil }
    return Int(Int32(truncatingIfNeeded: number))
  }
}
