import RestrictionDSL

/// Finds the damage that makes lookups miss entries: all that a lookup could come past is looked at.
///
/// - Source: Berkeley DB 5.3, format of hash version 9 and btree version 9 files
extension PagedEntries {
  /// Checks a whole file; one that is written to all the time is left alone.
  ///
  /// - Throws: ``PageError/damaged`` where entries are missing, or stand where nobody looks for them
  /// - Complexity: one pass over the file, a few pages in memory
  static func check(fd: CInt) throws(PageError) {
    for _ in 0..<8 {
      do throws(PageError) {
        var entries = try PagedEntries(fd: fd)
        try entries.check()
        return
      } catch {
        guard error == .changed else { throw error }
      }
    }
  }

  private mutating func check() throws(PageError) {
    try checkSize()
    switch try begin() {
    case .hash(let maxBucket, let spares): try checkHash(maxBucket, spares)
    case .btree(let root):
      var walk = Walk(hasDuplicates: try file.page(0).word(at: 48) & 0x41 != 0)
      try checkTree(root, level: 1, &walk)
      guard walk.next == 0 else { throw .damaged }
    }
  }

  // MARK: Hash

  private mutating func checkHash(_ maxBucket: UInt32, _ spares: [UInt32]) throws(PageError) {
    let meta = try file.page(0)
    let (highMask, lowMask) = (try meta.word(at: 76), try meta.word(at: 80))
    let isOurHash = try PagedTable.isHashed(meta)
    var count: UInt32 = 0
    var isMisplaced = false
    try forEachBucket(maxBucket, spares) { bucket, key, _ in
      count &+= 1
      guard isOurHash else { return }
      var home = PagedTable.hash(key) & highMask
      if home > maxBucket { home &= lowMask }
      if home != bucket { isMisplaced = true }
    }
    guard !isMisplaced else { throw .damaged }
    // A page of zeros was never written, or was wiped: the number of entries tells. The library counts on
    // from the number that it was told to expect: 4096 by Postfix and by us, or none. Who says how full a
    // bucket is to be (offset 84) may expect any number, and several values of a key count once.
    guard hasUnusedPages, try meta.word(at: 84) == 0, try meta.word(at: 48) & 1 == 0 else { return }
    let expected = try meta.word(at: 88) &- count
    guard expected == 0 || expected == BerkeleyDBFormat.expectedElements else { throw .damaged }
  }

  // MARK: Btree

  /// What the leaves so far say about the next one.
  private struct Walk {
    let hasDuplicates: Bool
    var last: Bytes?
    /// What the pages above promise: no key of the next leaf is less.
    var least: Bytes?
    /// The leaf behind the last one.
    var next: UInt32?
  }

  /// Checks the pages below a page: keys are in order, each where the pages above lead to, and the leaves
  /// follow each other.
  private mutating func checkTree(
    _ number: UInt32, level: Int, _ walk: inout Walk
  ) throws(PageError) {
    // A tree with so many levels would have more pages than fit.
    guard level <= 32 else { throw .damaged }
    let page = try file.page(number)
    switch try page.kind {
    case Page.Kind.btreeInternal:
      _ = try take(number)
      let count = try page.entries
      guard count > 0 else { throw .damaged }
      for index in 0..<count {
        let start = try page.offset(ofItem: index)
        if index > 0 {
          let key = try separator(at: start, of: page)
          if let last = walk.last {
            guard last.lexicographicallyPrecedes(key) || walk.hasDuplicates && last == key else {
              throw .damaged
            }
          }
          walk.least = key
        }
        try checkTree(page.word(at: start + 4), level: level + 1, &walk)
      }
    case Page.Kind.btreeLeaf:
      guard walk.next == nil || walk.next == number else { throw .damaged }
      // Memory that is used again: there is a key for every entry.
      var last = walk.least ?? []
      var hasLast = walk.least != nil
      var isSorted = true
      walk.next = try visitLeaf(number) { key, _ in
        if hasLast, key.order(to: last, shortFirst: true) < 0 { isSorted = false }
        last.replace(with: key)
        hasLast = true
      }
      guard isSorted else { throw .damaged }
      walk.last = hasLast ? last : nil
    default: throw .damaged
    }
  }

  /// The key of a child; one that is too long for the page may lie where the key of a leaf does.
  private mutating func separator(at start: Int, of page: Page) throws(PageError) -> Bytes {
    guard try page.byte(at: start + 2) == Page.ItemType.offPage else {
      return page.bytes(try page.range(start + 12, count: page.half(at: start)))
    }
    return try collect(at: start + 16, of: page) { (entries, number) throws(PageError) in
      try entries.file.page(number)
    }
  }
}
