import CSystem
import Glibc
import RestrictionDSL

/// Whether the pages of an LMDB file make a tree that the library can walk.
///
/// The library believes what a page says: garbage would lead it out of the map. So the tree of the main
/// database is followed here once, page by page through read(2), before the library looks anything up.
///
/// - Source: lmdb 0.9, "mdb.c", comments on MDB_page, MDB_node, MDB_db and MDB_meta
/// - Complexity: one read(2) for each page but overflow pages
struct LMDBPages {
  private static let branch = 0x01
  private static let leaf = 0x02
  private static let overflow = 0x04
  private static let headerSize = 16
  private static let nodeHeaderSize = 8
  /// The library keeps a path of 32 pages.
  private static let deepest = 32
  private static let none = UInt64.max

  private let fd: CInt
  private let pageSize: Int
  private let pageCount: UInt64
  private var pagesLeft: UInt64
  private var page: Bytes

  /// - Parameter pageCount: pages that the newest commit uses, meta pages included
  init(fd: CInt, pageSize: Int, pageCount: UInt64) {
    self.fd = fd
    self.pageSize = pageSize
    self.pageCount = pageCount
    pagesLeft = pageCount
    page = Bytes(repeating: 0, count: pageSize)
  }

  /// Whether the two meta pages say what the library can live with: it computes with their numbers before
  /// anybody can ask it for them.
  ///
  /// A file of another kind or version is left to the library, which has its own words for that.
  static func hasPlausibleMeta(_ fd: CInt, size: Int) -> Bool {
    var first = LMDBPages(fd: fd, pageSize: metaSize, pageCount: 1)
    guard first.read(0), first.number(16, 4) == magic else { return true }
    let pageSize = Int(first.number(40, 4))
    guard (512...65536).contains(pageSize), pageSize & (pageSize - 1) == 0 else { return false }
    for start in [0, pageSize] {
      var meta = LMDBPages(fd: fd, pageSize: metaSize, pageCount: 1)
      guard read(fd, &meta.page, at: UInt64(start)), meta.number(16, 4) == magic,
        meta.number(40, 4) == UInt64(pageSize), meta.number(144, 8) < UInt64(Int.max)
      else { return false }
      let last = meta.number(136, 8)
      guard last >= 1, last < UInt64(size / pageSize) else { return false }
      for root in [meta.number(80, 8), meta.number(128, 8)] where root != none {
        guard root >= 2, root <= last else { return false }
      }
    }
    return true
  }

  private static let magic: UInt64 = 0xBEEF_C0DE
  private static let metaSize = 152

  /// - Parameter transaction: number of the commit that is to be looked at
  mutating func isSound(transaction: UInt64) -> Bool {
    // Magic, version, address and size of the map stand before two descriptions of 48 bytes.
    let main = LMDBPages.headerSize + 24 + 48
    for meta in 0..<UInt64(2) {
      guard read(meta) else { return false }
      guard number(main + 56, 8) == transaction else { continue }
      let root = number(main + 40, 8)
      return root == LMDBPages.none || isSound(root, depth: number(main + 6, 2), level: 1)
    }
    return false
  }

  private mutating func isSound(_ place: UInt64, depth: UInt64, level: Int) -> Bool {
    // Each page has one parent: more visits than pages are a circle.
    guard level <= LMDBPages.deepest, level <= depth, pagesLeft > 0, read(place) else {
      return false
    }
    pagesLeft -= 1
    let isLeaf = level == depth
    let flags = Int(number(10, 2)) & 0x0F
    let lower = Int(number(12, 2))
    let upper = Int(number(14, 2))
    guard flags == (isLeaf ? LMDBPages.leaf : LMDBPages.branch),
      number(0, 8) == place, lower >= LMDBPages.headerSize, lower <= upper, upper <= pageSize
    else { return false }
    let keys = (lower - LMDBPages.headerSize) / 2
    guard isLeaf || keys > 1 else { return false }
    var children: [UInt64] = []
    for index in 0..<keys {
      let node = Int(number(LMDBPages.headerSize + 2 * index, 2))
      guard node >= upper, node + LMDBPages.nodeHeaderSize <= pageSize else { return false }
      let size = number(node, 4)
      let key = Int(number(node + 6, 2))
      let start = node + LMDBPages.nodeHeaderSize + key
      guard start <= pageSize else { return false }
      if !isLeaf {
        children.append(size | number(node + 4, 2) << 32)
      } else if number(node + 4, 2) & 1 != 0 {
        guard start + 8 <= pageSize, isOverflow(number(start, 8), holding: size) else {
          return false
        }
      } else if UInt64(start) + size > UInt64(pageSize) {
        return false
      }
    }
    for child in children where !isSound(child, depth: depth, level: level + 1) { return false }
    return true
  }

  /// A value that is too long for a page lies on pages of its own.
  private func isOverflow(_ place: UInt64, holding size: UInt64) -> Bool {
    guard place > 1, place < pageCount else { return false }
    var header = Bytes(repeating: 0, count: LMDBPages.headerSize)
    guard LMDBPages.read(fd, &header, at: place * UInt64(pageSize)) else { return false }
    let count = header[12...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(header[10]) & LMDBPages.overflow != 0 && count <= pageCount - place
      && size + UInt64(LMDBPages.headerSize) <= count * UInt64(pageSize)
  }

  private mutating func read(_ place: UInt64) -> Bool {
    place < pageCount && LMDBPages.read(fd, &page, at: place * UInt64(pageSize))
  }

  private static func read(_ fd: CInt, _ bytes: inout Bytes, at offset: UInt64) -> Bool {
    let count = bytes.count
    return bytes.withUnsafeMutableBytes { pread(fd, $0.baseAddress, count, off_t(offset)) } == count
  }

  /// A number in the byte order of the machine, which is that of the file.
  private func number(_ offset: Int, _ count: Int) -> UInt64 {
    page.withUnsafeBytes { bytes in
      precondition(offset >= 0 && offset + count <= bytes.count, "number at \(offset)")
      switch count {
      case 2: return UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
      case 4: return UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
      default: return bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      }
    }
  }
}
