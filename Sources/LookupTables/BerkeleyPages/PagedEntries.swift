import RestrictionDSL

/// Visits every entry of a Berkeley DB hash or btree file, duplicates included, without the library.
///
/// Every page is taken once at most: a page that is reached again contradicts the file, so damage ends in an
/// error after as many steps as the file has pages.
///
/// - Source: Berkeley DB 5.3, format of hash version 9 and btree version 9 files
struct PagedEntries {
  let file: PageFile
  // One bit for each page.
  private var seen: [UInt64]
  /// Whether the last visit came past a page that was never written.
  private(set) var hasUnusedPages = false
  private let withoutNUL: Bool

  /// What visits an entry: both are lent for the time of the call.
  typealias Visitor = (_ key: Span<UInt8>, _ value: Span<UInt8>) -> Void

  /// Where the bytes of an item are.
  private enum Item {
    case onPage(Page, Range<Int>)
    case collected(Bytes)
  }

  /// The access method of a file.
  enum Method {
    case hash(maxBucket: UInt32, spares: [UInt32])
    case btree(root: UInt32)
  }

  /// - Parameters:
  ///   - fd: open for reading as long as entries are visited
  ///   - withoutNUL: one NUL at the end of keys and values is left away
  /// - Throws: ``PageError`` where this is no file with pages
  init(fd: CInt, withoutNUL: Bool = false) throws(PageError) {
    self.withoutNUL = withoutNUL
    file = try PageFile(fd: fd, readsAhead: true)
    seen = Array(repeating: 0, count: file.size / file.pageSize / 64 + 1)
  }

  /// Which access method the first page names.
  func format() throws(PageError) -> BerkeleyDBFormat {
    switch try file.page(0).kind {
    case Page.Kind.hashMeta: return .hash
    case Page.Kind.btreeMeta: return .btree
    default: throw .damaged
    }
  }

  /// - Throws: ``PageError/damaged`` where the file ends before the last page that the first one names.
  func checkSize() throws(PageError) {
    let last = Int(try file.page(0).word(at: 32))
    guard last < file.size / file.pageSize else { throw .damaged }
  }

  /// - Parameter isEnough: whether the visit may end here; asked behind each bucket and each leaf
  /// - Throws: ``PageError``; what was visited before it stands.
  mutating func forEach(
    until isEnough: () -> Bool = { false }, _ visit: Visitor
  ) throws(PageError) {
    switch try begin() {
    case .hash(let maxBucket, let spares):
      try forEachBucket(maxBucket, spares, until: isEnough) { _, key, value in visit(key, value) }
    case .btree(let root):
      var number = try firstLeaf(below: root)
      while number != 0, !isEnough() { number = try visitLeaf(number, visit) }
    }
  }

  /// Begins a visit: no page was reached yet.
  mutating func begin() throws(PageError) -> Method {
    _ = try file.isSame()
    for index in seen.indices { seen[index] = 0 }
    hasUnusedPages = false
    return try method()
  }

  private mutating func method() throws(PageError) -> Method {
    let meta = try take(0)
    guard (8...10).contains(try meta.word(at: 16)) else { throw .unsupported }
    guard try Int(meta.word(at: 20)) == file.pageSize else { throw .damaged }
    let flags = try meta.word(at: 48)
    switch try meta.kind {
    case Page.Kind.hashMeta:
      // Several databases in one file: Postfix never asks for that.
      guard flags & 2 == 0 else { throw .unsupported }
      var spares: [UInt32] = []
      for index in 0..<32 { spares.append(try meta.word(at: 96 + 4 * index)) }
      return .hash(maxBucket: try meta.word(at: 72), spares: spares)
    case Page.Kind.btreeMeta:
      // Record numbers as keys, several databases, compression.
      guard flags & (0x02 | 0x20 | 0x80) == 0 else { throw .unsupported }
      return .btree(root: try meta.word(at: 88))
    default: throw .damaged
    }
  }

  /// A page that was not reached before.
  mutating func take(_ number: UInt32) throws(PageError) -> Page {
    let word = Int(number >> 6)
    let bit: UInt64 = 1 << UInt64(number & 63)
    guard word < seen.count, seen[word] & bit == 0 else { throw .damaged }
    seen[word] |= bit
    return try file.page(number)
  }

  // MARK: Hash

  mutating func forEachBucket(
    _ maxBucket: UInt32, _ spares: [UInt32], until isEnough: () -> Bool = { false },
    _ visit: (_ bucket: UInt32, _ key: Span<UInt8>, _ value: Span<UInt8>) -> Void
  ) throws(PageError) {
    var bucket: UInt32 = 0
    while true {
      let doubling = bucket == 0 ? 0 : 32 - bucket.leadingZeroBitCount
      guard doubling < spares.count else { throw .damaged }
      try visitBucket(bucket &+ spares[doubling]) { visit(bucket, $0, $1) }
      guard bucket < maxBucket, !isEnough() else { return }
      bucket += 1
    }
  }

  private mutating func visitBucket(_ first: UInt32, _ visit: Visitor) throws(PageError) {
    var number = first
    repeat {
      let page = try take(number)
      let pairs = try page.entries / 2
      switch try page.kind {
      case Page.Kind.sortedHash, Page.Kind.unsortedHash:
        for pair in 0..<pairs { try visitPair(pair, of: page, visit) }
      case Page.Kind.unused where pairs == 0: hasUnusedPages = true
      default: throw .damaged
      }
      number = try page.next
    } while number != 0
  }

  private mutating func visitPair(
    _ pair: Int, of page: Page, _ visit: Visitor
  ) throws(PageError) {
    let key = try hashItem(try page.hashRange(2 * pair), of: page)
    let text = try page.hashRange(2 * pair + 1)
    switch try page.byte(at: text.lowerBound) {
    case Page.ItemType.duplicates:
      // Each with its length in front and behind.
      var position = text.lowerBound + 1
      while position < text.upperBound {
        let length = try page.half(at: position)
        let item = try page.range(position + 2, count: length)
        guard item.upperBound + 2 <= text.upperBound else { throw .damaged }
        show(key, .onPage(page, item), visit)
        position = item.upperBound + 2
      }
    case Page.ItemType.offPageDuplicates:
      try visitDuplicates(of: key, below: try page.word(at: text.lowerBound + 4), visit)
    default: show(key, try hashItem(text, of: page), visit)
    }
  }

  private mutating func hashItem(_ part: Range<Int>, of page: Page) throws(PageError) -> Item {
    switch try page.byte(at: part.lowerBound) {
    case Page.ItemType.plain: return .onPage(page, part.dropFirst(1))
    case Page.ItemType.offPage:
      return .collected(try overflow(at: part.lowerBound + 4, of: page))
    default: throw .unsupported
    }
  }

  // MARK: Entries

  private func show(_ key: Item, _ value: Item, _ visit: Visitor) {
    lend(key) { key in lend(value) { visit(key, $0) } }
  }

  private func lend(_ item: Item, _ body: (Span<UInt8>) -> Void) {
    func show(_ bytes: Span<UInt8>) {
      body(withoutNUL ? bytes.extracting(bytes.partWithoutNUL) : bytes)
    }
    switch item {
    case .onPage(let page, let part): page.lend(part, show)
    case .collected(let bytes): show(bytes.span)
    }
  }

  // MARK: Btree

  /// The leftmost leaf of a tree.
  private mutating func firstLeaf(below root: UInt32) throws(PageError) -> UInt32 {
    var number = root
    while true {
      let page = try file.page(number)
      switch try page.kind {
      case Page.Kind.btreeInternal:
        _ = try take(number)
        number = try page.word(at: page.offset(ofItem: 0) + 4)
      case Page.Kind.recordInternal:
        _ = try take(number)
        number = try page.word(at: page.offset(ofItem: 0))
      case Page.Kind.btreeLeaf, Page.Kind.duplicateLeaf, Page.Kind.recordLeaf: return number
      default: throw .damaged
      }
    }
  }

  /// - Returns: the next leaf; 0 behind the last
  mutating func visitLeaf(
    _ number: UInt32, _ visit: Visitor
  ) throws(PageError) -> UInt32 {
    let page = try take(number)
    guard try page.kind == Page.Kind.btreeLeaf else { throw .damaged }
    var keyStart = -1
    var key = Item.collected([])
    for pair in 0..<(try page.entries / 2) {
      // Duplicates on one page share their key.
      let start = try page.offset(ofItem: 2 * pair)
      if start != keyStart {
        key = try leafItem(at: start, of: page)
        keyStart = start
      }
      let text = try page.offset(ofItem: 2 * pair + 1)
      let type = try page.byte(at: text + 2)
      if type == Page.ItemType.duplicates {
        try visitDuplicates(of: key, below: try page.word(at: text + 4), visit)
      } else if type & Page.ItemType.deleted == 0 {
        show(key, try leafItem(at: text, of: page), visit)
      }
    }
    return try page.next
  }

  /// Values of a key in a tree of their own.
  private mutating func visitDuplicates(
    of key: Item, below root: UInt32, _ visit: Visitor
  ) throws(PageError) {
    var number = try firstLeaf(below: root)
    while number != 0 {
      let page = try take(number)
      guard try [Page.Kind.duplicateLeaf, Page.Kind.recordLeaf].contains(page.kind) else {
        throw .damaged
      }
      for index in 0..<(try page.entries) {
        let start = try page.offset(ofItem: index)
        guard try page.byte(at: start + 2) & Page.ItemType.deleted == 0 else { continue }
        show(key, try leafItem(at: start, of: page), visit)
      }
      number = try page.next
    }
  }

  /// A key or a value of a leaf, deleted or not.
  private mutating func leafItem(at start: Int, of page: Page) throws(PageError) -> Item {
    switch try page.byte(at: start + 2) & ~Page.ItemType.deleted {
    case Page.ItemType.plain:
      return .onPage(page, try page.range(start + 3, count: page.half(at: start)))
    case Page.ItemType.offPage: return .collected(try overflow(at: start + 4, of: page))
    default: throw .unsupported
    }
  }

  // MARK: Overflow

  /// An item that has pages of its own.
  ///
  /// - Parameter start: where its first page and its length stand
  private mutating func overflow(at start: Int, of page: Page) throws(PageError) -> Bytes {
    try collect(at: start, of: page) { (entries, number) throws(PageError) in
      try entries.take(number)
    }
  }

  /// - Parameter next: gives the pages of the item
  mutating func collect(
    at start: Int, of page: Page,
    next: (inout PagedEntries, UInt32) throws(PageError) -> Page
  ) throws(PageError) -> Bytes {
    var number = try page.word(at: start)
    let length = Int(try page.word(at: start + 4))
    guard length <= file.size else { throw .damaged }
    var bytes = Bytes()
    while number != 0, bytes.count < length {
      let part = try next(&self, number)
      // Without bytes a ring of pages would have no end.
      guard try part.kind == Page.Kind.overflow, try part.overflowLength > 0 else { throw .damaged }
      bytes += part.bytes(try part.range(Page.headerSize, count: part.overflowLength))
      number = try part.next
    }
    guard bytes.count == length else { throw .damaged }
    return bytes
  }
}
