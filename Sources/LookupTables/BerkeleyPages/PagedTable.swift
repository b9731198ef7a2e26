import RestrictionDSL

/// Looks keys up in a Berkeley DB hash or btree file page by page, without the library: a tenth of the
/// instructions of its call, and nothing that has to be open.
///
/// - Source: Berkeley DB 5.3, format of hash version 9 and btree version 9 files
final class PagedTable {
  private let file: PageFile
  private var root: Root

  /// What the first page says.
  private enum Root {
    case hash(HashRoot)
    case btree(UInt32)
  }

  private struct HashRoot {
    let maxBucket: UInt32
    let highMask: UInt32
    let lowMask: UInt32
    let spares: [UInt32]
  }

  /// - Parameter fd: open for reading as long as the table is used
  /// - Throws: ``PageError`` where the library has to read the file
  init(fd: CInt, looksBeforeEachPage: Bool = true) throws(PageError) {
    file = try PageFile(fd: fd, looksBeforeEachPage: looksBeforeEachPage)
    _ = try file.isSame()
    root = try PagedTable.root(of: file)
  }

  /// The value of a key as it is stored.
  func value(for key: Span<UInt8>) throws(PageError) -> Bytes? {
    var isSame = try file.isSame()
    // Whoever writes to the file all the time has to wait for us as we have for him.
    for _ in 0..<8 {
      do throws(PageError) {
        if !isSame { root = try PagedTable.root(of: file) }
        switch root {
        case .hash(let root): return try value(for: key, in: root)
        case .btree(let page): return try value(for: key, below: page)
        }
      } catch {
        // Pages of two contents look like damage.
        if error == .damaged {
          guard try file.isRewritten() else { throw error }
        } else if error != .changed {
          throw error
        }
        isSame = false
      }
    }
    throw .changed
  }

  private static func root(of file: PageFile) throws(PageError) -> Root {
    let meta = try file.page(0)
    // Version 8 of hash files did not sort their pages, version 10 is of a later library.
    guard (8...10).contains(try meta.word(at: 16)) else { throw .unsupported }
    guard try Int(meta.word(at: 20)) == file.pageSize else { throw .damaged }
    // Several values of a key, several databases in one file: Postfix never asks for that.
    let isHash = try meta.kind == Page.Kind.hashMeta
    guard try meta.word(at: 48) & (isHash ? 0x03 : 0x21) == 0 else { throw .unsupported }
    switch try meta.kind {
    case Page.Kind.hashMeta:
      guard try isHashed(meta) else { throw .unsupported }
      var spares: [UInt32] = []
      for index in 0..<32 { spares.append(try meta.word(at: 96 + 4 * index)) }
      return .hash(
        HashRoot(
          maxBucket: try meta.word(at: 72), highMask: try meta.word(at: 76),
          lowMask: try meta.word(at: 80), spares: spares))
    case Page.Kind.btreeMeta: return .btree(try meta.word(at: 88))
    default: throw .damaged
    }
  }

  // MARK: Hash

  /// Whether a hash file was made with the hash below: that of a fixed text is written in it.
  static func isHashed(_ meta: Page) throws(PageError) -> Bool {
    try meta.word(at: 92) == hash("%$sniglet^&\0".utf8Span.span)
  }

  /// FNV-1 in 32 bits from 0.
  static func hash(_ key: Span<UInt8>) -> UInt32 {
    var hash: UInt32 = 0
    for index in key.indices { hash = hash &* 16_777_619 ^ UInt32(key[index]) }
    return hash
  }

  private func value(for key: Span<UInt8>, in root: HashRoot) throws(PageError) -> Bytes? {
    var bucket = PagedTable.hash(key) & root.highMask
    if bucket > root.maxBucket { bucket &= root.lowMask }
    // Buckets of one doubling stand together: the first of them tells where.
    let doubling = bucket == 0 ? 0 : 32 - bucket.leadingZeroBitCount
    guard doubling < root.spares.count else { throw .damaged }
    var number = bucket &+ root.spares[doubling]
    var rest = PagedTable.chainLimit
    while number != 0 {
      let page = try file.page(number)
      if let item = try find(key, on: page) { return try hashItem(item, of: page) }
      number = try page.next
      rest -= 1
      guard rest > 0 else { throw .damaged }
    }
    return nil
  }

  /// - Unit: pages; a longer chain is a ring
  private static let chainLimit = 1 << 20

  /// - Returns: the index of the value
  private func find(_ key: Span<UInt8>, on page: Page) throws(PageError) -> Int? {
    let pairs = try page.entries / 2
    switch try page.kind {
    case Page.Kind.sortedHash:
      var (low, high) = (0, pairs)
      while low < high {
        let middle = (low &+ high) &>> 1
        let order = try compare(key, withHashItem: 2 &* middle, of: page)
        if order == 0 { return 2 * middle + 1 }
        if order < 0 { high = middle } else { low = middle + 1 }
      }
      return nil
    case Page.Kind.unsortedHash:
      for pair in 0..<pairs where try compare(key, withHashItem: 2 * pair, of: page) == 0 {
        return 2 * pair + 1
      }
      return nil
    case Page.Kind.unused where pairs == 0: return nil
    default: throw .damaged
    }
  }

  @inline(__always)
  private func compare(
    _ key: Span<UInt8>, withHashItem index: Int, of page: Page
  ) throws(PageError) -> Int {
    if let order = try page.order(of: key, toHashItem: index) { return order }
    return try compare(key, withLargeHashItem: index, of: page)
  }

  @inline(never)
  private func compare(
    _ key: Span<UInt8>, withLargeHashItem index: Int, of page: Page
  ) throws(PageError) -> Int {
    let start = try page.hashRange(index).lowerBound
    guard try page.byte(at: start) == ItemType.offPage else { throw .unsupported }
    return key.order(to: try overflow(at: start + 4, of: page), shortFirst: false)
  }

  private func hashItem(_ index: Int, of page: Page) throws(PageError) -> Bytes {
    let range = try page.hashRange(index)
    switch try page.byte(at: range.lowerBound) {
    case ItemType.plain: return page.bytes(range.dropFirst(1))
    case ItemType.offPage: return try overflow(at: range.lowerBound + 4, of: page)
    default: throw .unsupported
    }
  }

  // MARK: Btree

  private func value(for key: Span<UInt8>, below root: UInt32) throws(PageError) -> Bytes? {
    var number = root
    // A tree with so many levels would have more pages than fit.
    for _ in 0..<32 {
      let page = try file.page(number)
      let entries = try page.entries
      switch try page.kind {
      case Page.Kind.btreeInternal:
        // The last child whose key is not behind ours; the first has no key of its own.
        var (low, high) = (1, entries)
        while low < high {
          let middle = (low &+ high) &>> 1
          if try compare(key, with: middle, headerSize: 12, of: page) < 0 {
            high = middle
          } else {
            low = middle + 1
          }
        }
        number = try page.word(at: page.offset(ofItem: low - 1) + 4)
      case Page.Kind.btreeLeaf:
        var (low, high) = (0, entries / 2)
        while low < high {
          let middle = (low &+ high) &>> 1
          let order = try compare(key, with: 2 &* middle, headerSize: 3, of: page)
          if order == 0 { return try leafItem(2 * middle + 1, of: page) }
          if order < 0 { high = middle } else { low = middle + 1 }
        }
        return nil
      default: throw .damaged
      }
    }
    throw .damaged
  }

  @inline(__always)
  private func compare(
    _ key: Span<UInt8>, with index: Int, headerSize: Int, of page: Page
  ) throws(PageError) -> Int {
    if let order = try page.order(of: key, toItem: index, headerSize: headerSize) { return order }
    return try compare(key, withLarge: index, headerSize: headerSize, of: page)
  }

  @inline(never)
  private func compare(
    _ key: Span<UInt8>, withLarge index: Int, headerSize: Int, of page: Page
  ) throws(PageError) -> Int {
    let start = try page.offset(ofItem: index)
    guard try page.byte(at: start + 2) == ItemType.offPage else { throw .unsupported }
    let other = try overflow(at: headerSize == 12 ? start + 16 : start + 4, of: page)
    return key.order(to: other, shortFirst: true)
  }

  private func leafItem(_ index: Int, of page: Page) throws(PageError) -> Bytes? {
    let start = try page.offset(ofItem: index)
    switch try page.byte(at: start + 2) {
    case ItemType.plain:
      return page.bytes(try page.range(start + 3, count: page.half(at: start)))
    case ItemType.offPage: return try overflow(at: start + 4, of: page)
    case ItemType.plain | ItemType.deleted, ItemType.offPage | ItemType.deleted: return nil
    default: throw .unsupported
    }
  }

  // MARK: Overflow

  private typealias ItemType = Page.ItemType

  /// An item that has pages of its own.
  ///
  /// - Parameter start: where its first page and its length stand
  private func overflow(at start: Int, of page: Page) throws(PageError) -> Bytes {
    var number = try page.word(at: start)
    let length = Int(try page.word(at: start + 4))
    guard length <= file.size else { throw .damaged }
    var bytes = Bytes()
    while number != 0, bytes.count < length {
      let part = try file.page(number)
      guard try part.kind == Page.Kind.overflow else { throw .damaged }
      let count = try part.overflowLength
      guard count > 0 else { throw .damaged }
      bytes += part.bytes(try part.range(Page.headerSize, count: count))
      number = try part.next
    }
    guard bytes.count == length else { throw .damaged }
    return bytes
  }
}

extension Span<UInt8> {
  /// As ``Page/order(of:to:shortFirst:)``, for an item that had pages of its own.
  func order(to other: Bytes, shortFirst: Bool) -> Int {
    for index in 0..<Swift.min(count, other.count) where self[index] != other[index] {
      return Int(self[index]) - Int(other[index])
    }
    return shortFirst ? count - other.count : other.count - count
  }
}
