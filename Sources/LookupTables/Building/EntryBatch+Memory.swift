import CSystem
import RestrictionDSL

extension EntryBatch {
  /// A key and its value where they lie, the lengths without the NUL behind each.
  struct Item {
    let key: UnsafeMutableRawPointer
    let keyLength: Int
    let value: UnsafeMutableRawPointer
    let valueLength: Int
  }

  /// Entries in another order than they were added: each is a cache miss, so it is asked for in time.
  private static let lookahead = 12

  /// Hands out all entries until one is refused.
  ///
  /// The pointers are good for one call of `body`; libraries only read from them, whatever their types say.
  ///
  /// - Parameter order: entry numbers; `nil` as they were added
  /// - Returns: what `body` said of the entry that it refused, else 0
  func forEach(in order: [UInt32]?, _ body: (Item) -> CInt) -> CInt {
    bytes.withUnsafeBytes { bytes in
      guard let base = UnsafeMutableRawPointer(mutating: bytes.baseAddress) else { return 0 }
      return withEntries { entries in
        guard let order else {
          for entry in entries {
            let code = body(item(entry, base))
            guard code == 0 else { return code }
          }
          return 0
        }
        return order.withUnsafeBufferPointer { order in
          let last = order.count - 1
          for position in order.indices {
            let far = Int(order[min(position + 2 * EntryBatch.lookahead, last)])
            smtpd_prefetch(entries.baseAddress.map { $0 + far })
            let near = Int(order[min(position + EntryBatch.lookahead, last)])
            smtpd_prefetch(base + Int(entries[near].offset))
            let code = body(item(entries[Int(order[position])], base))
            guard code == 0 else { return code }
          }
          return 0
        }
      }
    }
  }

  @inline(__always)
  private func item(_ entry: Entry, _ base: UnsafeMutableRawPointer) -> Item {
    let key = base + Int(entry.offset)
    return Item(
      key: key, keyLength: Int(entry.keyLength), value: key + Int(entry.keyLength) + 1,
      valueLength: Int(entry.valueLength))
  }
}
