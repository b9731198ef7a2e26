import CSystem
import Glibc
import RestrictionDSL

/// Reads the pages of a Berkeley DB file, and keeps those read last as long as the file is the same.
///
/// The descriptor belongs to somebody else, who also holds the lock of the file during a lookup: a
/// writer that rewrites the file in place does so between two lookups, and its time tells.
final class PageFile {
  private let fd: CInt
  let pageSize: Int
  let isSwapped: Bool
  private var slots: [(number: UInt32, page: Page)?]
  private var modified = timespec()
  private var size: off_t = 0

  /// - Unit: pages
  private static let capacity = 256

  /// - Parameter fd: open for reading
  /// - Throws: ``PageError`` where this is no file with pages
  init(fd: CInt) throws(PageError) {
    self.fd = fd
    let head = try PageFile.read(fd, at: 0, count: 72)
    let meta = Page(head, isSwapped: false)
    let magic = try meta.word(at: 12)
    switch magic {
    case BerkeleyMagic.hash, BerkeleyMagic.btree: isSwapped = false
    case BerkeleyMagic.hash.byteSwapped, BerkeleyMagic.btree.byteSwapped: isSwapped = true
    default: throw .damaged
    }
    let ordered = Page(head, isSwapped: isSwapped)
    pageSize = Int(try ordered.word(at: 20))
    guard (512...65_536).contains(pageSize), pageSize & (pageSize - 1) == 0 else { throw .damaged }
    // Encryption and checksums change where things stand.
    guard try ordered.byte(at: 24) == 0, try ordered.byte(at: 26) & 1 == 0 else {
      throw .unsupported
    }
    slots = Array(repeating: nil, count: PageFile.capacity)
  }

  /// Forgets the pages where the file has changed.
  ///
  /// - Returns: whether it is the same as at the last call
  func isSame() throws(PageError) -> Bool {
    var status = stat()
    guard fstat(fd, &status) == 0 else { throw .unreadable(errno: errno) }
    let time = status.st_mtim
    if time.tv_sec == modified.tv_sec, time.tv_nsec == modified.tv_nsec, status.st_size == size {
      return true
    }
    for index in slots.indices { slots[index] = nil }
    // The clock of a file system is coarse: within the same second nothing is taken for granted.
    modified = time.tv_sec + 1 < Glibc.time(nil) ? time : timespec()
    size = status.st_size
    return false
  }

  func page(_ number: UInt32) throws(PageError) -> Page {
    let slot = Int(number) & (PageFile.capacity - 1)
    if let kept = slots[slot], kept.number == number { return kept.page }
    let (start, overflow) = Int(number).multipliedReportingOverflow(by: pageSize)
    guard !overflow else { throw .damaged }
    let page = Page(
      try PageFile.read(fd, at: start, count: pageSize), isSwapped: isSwapped)
    slots[slot] = (number, page)
    return page
  }

  private static func read(_ fd: CInt, at start: Int, count: Int) throws(PageError) -> Bytes {
    var code: CInt = 0
    let bytes = Bytes(unsafeUninitializedCapacity: count) { buffer, length in
      while length < count {
        let got = pread(
          fd, buffer.baseAddress.map { $0 + length }, count - length, off_t(start + length))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { code = errno }
        if got <= 0 { return }
        length += got
      }
    }
    guard code == 0 else { throw .unreadable(errno: code) }
    guard bytes.count == count else { throw .damaged }
    return bytes
  }
}

/// The first number of a file says what it is.
enum BerkeleyMagic {
  static let hash: UInt32 = 0x61561
  static let btree: UInt32 = 0x53162
}
