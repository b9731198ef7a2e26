import RestrictionDSL

/// Memory for the key of one lookup, with room for its NUL: libraries want a pointer.
struct KeyMemory: ~Copyable {
  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 8)

  deinit { memory.deallocate() }

  /// Takes a key and puts a NUL behind it.
  mutating func fill(_ text: Span<UInt8>) {
    if memory.count <= text.count {
      memory.deallocate()
      memory = .allocate(byteCount: 2 * text.count + 1, alignment: 8)
    }
    text.withUnsafeBytes { memory.copyMemory(from: $0) }
    memory[text.count] = 0
  }

  /// The first bytes of the key and its NUL.
  ///
  /// - Precondition: `count` is at most the length of the last key, and one more. Valid until the next key.
  func prefix(_ count: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
  }
}
