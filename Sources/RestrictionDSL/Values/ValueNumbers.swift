/// Gives every different text a number, from 0 on.
///
/// Made for the values of tables: a million rows often have four. Those met last are compared, not hashed, and
/// none is copied again.
public struct ValueNumbers {
  /// The texts, each at its number.
  public private(set) var values: [Bytes] = []
  private let limit: Int
  private var numbers: [Bytes: Int] = [:]
  /// Numbers of texts met last; the place of a text depends on its length and its last byte.
  private var recent: [Int] = Array(repeating: -1, count: 64)

  /// - Parameter limit: number of texts that are remembered
  public init(limit: Int = .max) { self.limit = limit }

  /// The number of a text; `nil` for a new one where as many as allowed are known.
  public mutating func number(of text: Span<UInt8>) -> Int? {
    let last = text.isEmpty ? 0 : Int(text[text.count - 1])
    let place = (text.count &* 7 &+ last) & (recent.count - 1)
    let candidate = recent[place]
    if candidate >= 0 {
      let known = values[candidate]
      if text.isEqual(to: known.span) { return candidate }
    }
    let bytes = Bytes(copying: text)
    if let known = numbers[bytes] {
      recent[place] = known
      return known
    }
    guard values.count < limit else { return nil }
    let number = values.count
    values.append(bytes)
    numbers[bytes] = number
    recent[place] = number
    return number
  }
}
