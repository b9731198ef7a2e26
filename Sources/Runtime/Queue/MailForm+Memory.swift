/// Addresses that rewriting cannot change.
enum MailForm {
  /// Whether an address in internal form is `local@domain.tld` without anything that rewriting looks
  /// at: routes, quotes, `%`, `!`, a dot at the end, a domain without dot.
  static func isStandard(_ address: Span<UInt8>) -> Bool {
    isCommon(address) || isStandardByBytes(address)
  }

  private static func isStandardByBytes(_ address: Span<UInt8>) -> Bool {
    let count = address.count
    var at = -1
    var lastDot = -1
    var index = address.firstSpecial(from: 0)
    while index < count {
      let byte = address[index]
      // Neither in front nor at the end, and no two in a row.
      guard index > 0, index + 1 < count, index != lastDot + 1, index != at + 1 else {
        return false
      }
      if byte == 0x2E {
        lastDot = index
      } else {
        guard byte == 0x40, at < 0 else { return false }
        at = index
      }
      index = address.firstSpecial(from: index + 1)
    }
    return at > 0 && lastDot > at
  }

  /// Whether it is in standard form, has 8 to 64 bytes, and these are letters, digits and `-./_@` or a
  /// backquote.
  static func isCommon(_ address: Span<UInt8>) -> Bool {
    let count = address.count
    guard count >= 8, count <= 64 else { return false }
    // A bit for each byte. What is looked at twice gets the same bit twice.
    var dots: UInt64 = 0
    var ats: UInt64 = 0
    var odd = ByteBlock(repeating: 0)
    address.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      if count < ByteBlock.scalarCount {
        let last = count &- 8
        let words = SIMD2(
          base.loadUnaligned(as: UInt64.self),
          base.loadUnaligned(fromByteOffset: last, as: UInt64.self))
        let block = unsafeBitCast(words, to: ByteBlock.self)
        let (dotBits, atBits) = (block.hits(0x2E).bits, block.hits(0x40).bits)
        odd = block.notOrdinary
        dots = dotBits & 0xFF | (dotBits &>> 8) &<< UInt64(truncatingIfNeeded: last)
        ats = atBits & 0xFF | (atBits &>> 8) &<< UInt64(truncatingIfNeeded: last)
        return
      }
      let last = count &- ByteBlock.scalarCount
      var start = 0
      while true {
        let block = base.loadUnaligned(fromByteOffset: start, as: ByteBlock.self)
        odd |= block.notOrdinary
        dots |= block.hits(0x2E).bits &<< UInt64(truncatingIfNeeded: start)
        ats |= block.hits(0x40).bits &<< UInt64(truncatingIfNeeded: start)
        if start == last { return }
        start = min(start &+ ByteBlock.scalarCount, last)
      }
    }
    // One `@`, a dot behind it; neither in front nor at the end, and no two in a row.
    let both = dots | ats
    return odd.firstHit == nil && ats != 0 && ats & (ats &- 1) == 0 && dots > ats && both & 1 == 0
      && both & (both &<< 1) == 0 && both &>> UInt64(truncatingIfNeeded: count &- 1) == 0
  }
}

extension ByteBlock {
  /// Hits all but letters, digits, `-./_@` and the backquote.
  @inline(__always)
  fileprivate var notOrdinary: ByteBlock { ~(hits(0x2D, 13) | hits(0x40, 27) | hits(0x5F, 28)) }
}
