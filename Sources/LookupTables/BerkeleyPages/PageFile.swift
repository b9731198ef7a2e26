import CSystem
import Glibc
import RestrictionDSL

/// Reads the pages of a Berkeley DB file, and keeps those read last as long as the file is the same.
///
/// Postfix's programs write to a file under an exclusive lock, so a page is read under a shared one,
/// and a lookup that has begun on the old file begins again. What is kept needs no system call: whether
/// the file has changed is asked once in a tick of the clock.
final class PageFile {
  private let fd: CInt
  let pageSize: Int
  let isSwapped: Bool
  /// The pages kept, ``ways`` for each remainder of their number.
  private var slots: [Slot]
  /// Which of the places for a remainder is taken next.
  private var turn = 0
  private var identity: Identity
  /// Its time is long enough ago that another write would have given it another one.
  private var isSettled = false
  private var lastLook = timespec()
  /// Otherwise a writer is noticed at the next tick of the clock.
  private let looksBeforeEachPage: Bool
  /// Pages that are read together where they are asked for one after the other.
  private let together: UInt32

  /// What tells one content of the file from the next.
  private struct Identity: Equatable {
    let seconds: Int
    let nanoseconds: Int
    let size: off_t

    init(_ fd: CInt) throws(PageError) {
      var status = stat()
      guard fstat(fd, &status) == 0 else { throw .unreadable(errno: errno) }
      (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
      size = status.st_size
    }
  }

  private struct Slot {
    /// `nil`: the page is only memory.
    var number: UInt32?
    var page: Page?
  }

  /// - Unit: bytes
  var size: Int { Int(identity.size) }

  /// - Unit: pages, a power of two; usually of 4,096 bytes
  private static let capacity = 1024
  /// Pages with the same remainder that are kept: few drive each other out while most places are free.
  private static let ways = 4

  /// - Parameters:
  ///   - fd: open for reading
  ///   - readsAhead: every page is going to be asked for
  /// - Throws: ``PageError`` where this is no file with pages
  init(
    fd: CInt, looksBeforeEachPage: Bool = true, readsAhead: Bool = false
  ) throws(PageError) {
    self.fd = fd
    together = readsAhead ? 16 : 1
    self.looksBeforeEachPage = looksBeforeEachPage
    identity = try Identity(fd)
    let head = try Page(of: fd, at: 0, count: 72, isSwapped: false)
    let magic = try head.word(at: 12)
    switch magic {
    case BerkeleyMagic.hash, BerkeleyMagic.btree: isSwapped = false
    case BerkeleyMagic.hash.byteSwapped, BerkeleyMagic.btree.byteSwapped: isSwapped = true
    default: throw .damaged
    }
    let word = try head.word(at: 20)
    pageSize = Int(isSwapped ? word.byteSwapped : word)
    guard (512...65_536).contains(pageSize), pageSize & (pageSize - 1) == 0 else { throw .damaged }
    // Encryption and checksums change where things stand.
    guard try head.byte(at: 24) == 0, try head.byte(at: 26) & 1 == 0 else {
      throw .unsupported
    }
    slots = Array(repeating: Slot(), count: PageFile.capacity)
  }

  /// Forgets the pages where the file has changed.
  ///
  /// - Returns: whether it is the same as at the last call
  func isSame() throws(PageError) -> Bool {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now)
    if now.tv_nsec == lastLook.tv_nsec, now.tv_sec == lastLook.tv_sec { return true }
    lastLook = now
    let current = try Identity(fd)
    if isSettled, current == identity { return true }
    forget(current)
    return false
  }

  /// Takes the shared lock.
  ///
  /// - Returns: whether a writer had to be waited for
  private func lock() throws(PageError) -> Bool {
    if setFlock(fd, LOCK_SH | LOCK_NB) == 0 { return false }
    guard errno == EWOULDBLOCK, setFlock(fd, LOCK_SH) == 0 else { throw .unreadable(errno: errno) }
    return true
  }

  /// Forgets the pages where the file is not the one that they are of; the clock is not asked.
  func isRewritten() throws(PageError) -> Bool {
    let current = try Identity(fd)
    if current == identity { return false }
    forget(current)
    return true
  }

  private func forget(_ current: Identity) {
    for index in slots.indices { slots[index].number = nil }
    identity = current
    // The clock of a file system is coarse: within the same second nothing is taken for granted.
    isSettled = current.seconds + 1 < time(nil)
  }

  /// - Throws: ``PageError/changed`` where the pages known so far are of no use any more
  func page(_ number: UInt32) throws(PageError) -> Page {
    for index in places(of: number) where slots[index].number == number {
      if let page = slots[index].page { return page }
    }
    let hasWaited = try lock()
    defer { _ = setFlock(fd, LOCK_UN) }
    if looksBeforeEachPage || hasWaited, try isRewritten() { throw .changed }
    let page = try read(number)
    if together > 1, number > 0, isKept(number - 1) {
      let end = min(number &+ together, UInt32(clamping: size / pageSize))
      // What is wrong with a page that nobody asked for is told when it is.
      for next in number..<max(number, end) where !isKept(next) { _ = try? read(next) }
    }
    return page
  }

  /// Where a page is kept.
  private func places(of number: UInt32) -> Range<Int> {
    let first = Int(number) &* PageFile.ways & (PageFile.capacity - 1)
    return first..<first &+ PageFile.ways
  }

  private func isKept(_ number: UInt32) -> Bool {
    places(of: number).contains { slots[$0].number == number }
  }

  private func read(_ number: UInt32) throws(PageError) -> Page {
    let places = places(of: number)
    turn = (turn &+ 1) & (PageFile.ways - 1)
    let index = places.first { slots[$0].number == nil } ?? places.lowerBound + turn
    let (start, overflow) = Int(number).multipliedReportingOverflow(by: pageSize)
    guard !overflow else { throw .damaged }
    slots[index].number = nil
    // The memory of the page that stood here is used again, unless somebody still holds it.
    let page: Page
    if isKnownUniquelyReferenced(&slots[index].page), let old = slots[index].page {
      try old.fill(from: fd, at: start)
      page = old
    } else {
      page = try Page(of: fd, at: start, count: pageSize, isSwapped: isSwapped)
      slots[index].page = page
    }
    slots[index].number = number
    return page
  }
}

/// The first number of a file says what it is.
enum BerkeleyMagic {
  static let hash: UInt32 = 0x61561
  static let btree: UInt32 = 0x53162
}
