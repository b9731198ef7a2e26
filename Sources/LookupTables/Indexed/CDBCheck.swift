import RestrictionDSL

/// Whether a lookup finds every record of a cdb file.
///
/// The file is read once in its order. What the records say about their slots, and what the slots say about
/// their records, is added up on the way: the sums are equal where both sides say the same. The format has
/// nothing that would show a change inside of a value.
///
/// - Source: cdb(5)
/// - Complexity: one pass through read(2), one buffer in memory
struct CDBCheck {
  private let fd: CInt
  private let size: Int
  private var buffer = Bytes(repeating: 0, count: 1 << 16)
  /// Where in the file the buffer begins, and how much of it is filled.
  private var start = 0
  private var filled = 0
  private var position = 0

  private static let headerSize = 2048

  /// The file ended, or could not be read.
  private struct Cut: Error {}

  /// - Parameter fd: open for reading; its position is not used.
  init(fd: CInt, size: Int) {
    self.fd = fd
    self.size = size
  }

  mutating func isSound() -> Bool {
    do throws(Cut) { return try check() } catch { return false }
  }

  private mutating func check() throws(Cut) -> Bool {
    var tables: [(start: Int, slots: Int)] = []
    var end = size
    for _ in 0..<256 {
      let (start, slots) = (try word(), try word())
      tables.append((start, slots))
      guard slots > 0 else { continue }
      guard start >= CDBCheck.headerSize, start + 8 * slots <= size else { return false }
      end = min(end, start)
    }
    guard let records = try sumOfRecords(to: end) else { return false }
    var found: UInt64 = 0
    for (index, table) in tables.enumerated() where table.slots > 0 {
      position = table.start
      guard let sum = try sumOfSlots(table.slots, number: index) else { return false }
      found &+= sum
    }
    return found == records.all || found == records.named
  }

  /// - Returns: the sum of all, and of those with a key: writers that replace a record may leave one without
  ///   behind; `nil` where a record does not end where it should
  private mutating func sumOfRecords(to end: Int) throws(Cut) -> (all: UInt64, named: UInt64)? {
    var all: UInt64 = 0
    var nameless: UInt64 = 0
    position = CDBCheck.headerSize
    while position < end {
      let place = position
      guard place + 8 <= end else { return nil }
      let (key, value) = (try word(), try word())
      guard position + key + value <= end else { return nil }
      var hash: UInt32 = 5381
      for _ in 0..<key { hash = (hash &<< 5 &+ hash) ^ UInt32(try byte()) }
      position += value
      all &+= CDBCheck.term(hash, place)
      if key == 0 { nameless &+= CDBCheck.term(hash, place) }
    }
    return (all, all &- nameless)
  }

  /// - Returns: `nil` where a slot cannot be reached from where its hash says
  private mutating func sumOfSlots(_ count: Int, number: Int) throws(Cut) -> UInt64? {
    var sum: UInt64 = 0
    // Where the slots in use began that end here; where those begin that came round from the end.
    var run = 0
    var round = count
    for slot in 0..<count {
      let (hash, place) = (try word(), try word())
      guard place != 0 else {
        run = slot + 1
        continue
      }
      let home = (hash >> 8) % count
      guard hash & 255 == number, home > slot ? run == 0 : home >= run else { return nil }
      if home > slot { round = min(round, home) }
      sum &+= CDBCheck.term(UInt32(hash), place)
    }
    return run <= round ? sum : nil
  }

  /// Mixed well, so that no two errors make up for each other.
  private static func term(_ hash: UInt32, _ place: Int) -> UInt64 {
    var term = (UInt64(hash) << 32 | UInt64(truncatingIfNeeded: place)) &* 0x9E37_79B9_7F4A_7C15
    term = (term ^ term >> 32) &* 0xD6E8_FEB8_6659_FD93
    return term ^ term >> 32
  }

  // MARK: Reading

  private mutating func word() throws(Cut) -> Int {
    var word = 0
    for shift in [0, 8, 16, 24] { word |= Int(try byte()) << shift }
    return word
  }

  @inline(__always)
  private mutating func byte() throws(Cut) -> UInt8 {
    let offset = position - start
    if offset >= 0 && offset < filled {
      position += 1
      return buffer[offset]
    }
    try fill()
    position += 1
    return buffer[0]
  }

  private mutating func fill() throws(Cut) {
    let count = readDescriptor(fd, into: &buffer, at: position)
    guard count > 0 else { throw Cut() }
    start = position
    filled = count
  }
}
