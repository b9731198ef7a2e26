/// A configuration file as read: its name and its bytes.
public struct SourceFile: Hashable, Sendable {
  /// Path as it was opened.
  public let path: String
  public let bytes: Bytes

  public init(path: String, bytes: Bytes) {
    self.path = path
    self.bytes = bytes
  }

  public init(path: String, text: String) { self.init(path: path, bytes: Bytes(text)) }

  /// A physical line without its line end.
  ///
  /// - Parameter number: 1-based.
  /// - Returns: `nil` behind the end of the file.
  /// - Complexity: O(size of the file); for diagnostics only.
  public func line(_ number: Int) -> ArraySlice<UInt8>? {
    var current = 1
    var start = 0
    while current < number {
      guard let end = bytes[start...].firstIndex(of: 0x0A) else { return nil }
      start = end + 1
      current += 1
    }
    guard number >= 1, start < bytes.count else { return nil }
    return bytes[start..<(bytes[start...].firstIndex(of: 0x0A) ?? bytes.count)]
  }
}
