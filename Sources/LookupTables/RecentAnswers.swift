import RestrictionDSL

/// Tells tables that what they remember has had its time: one number for all tables of a service.
public final class LookupPeriod {
  private(set) var number: UInt32 = 1

  public init() {}

  public func end() { number &+= 1 }
}

/// What an indexed file said about the domains and networks asked for last.
///
/// The recipients of one transaction mostly share their domain, and each asks for it and for its
/// parents again. An answer is kept until the next transaction of any session; whole mail addresses
/// are not kept, they hardly ever come twice.
struct RecentAnswers {
  private struct Slot {
    var period: UInt32 = 0
    var hash: UInt64 = 0
    var key: Bytes = []
    var value: Bytes?
    /// Neither the key nor a parent domain of it has an entry.
    var isBarren = false
  }

  private var slots: [Slot] = []
  private static let count = 16

  /// Whether a key is worth keeping.
  static func isKept(_ key: Span<UInt8>) -> Bool { key.count <= 255 && !key.has(0x40) }

  /// - Returns: `nil` where nothing is known; `.some(nil)` where the table has no entry.
  func answer(for key: Span<UInt8>, _ hash: UInt64, in period: UInt32) -> Bytes?? {
    guard let index = index(of: key, hash, in: period) else { return nil }
    return .some(slots[index].value)
  }

  mutating func keep(_ value: Bytes?, for key: Span<UInt8>, _ hash: UInt64, in period: UInt32) {
    if slots.isEmpty { slots = Array(repeating: Slot(), count: RecentAnswers.count) }
    slots[RecentAnswers.place(of: hash)] = Slot(
      period: period, hash: hash, key: Bytes(copying: key), value: value)
  }

  /// Whether it is known that neither the domain nor a parent has an entry.
  func isBarren(_ domain: Span<UInt8>, in period: UInt32) -> Bool {
    guard let index = index(of: domain, domain.hash, in: period) else { return false }
    return slots[index].isBarren
  }

  /// Notes that neither the domain nor a parent has an entry, where the domain itself is still known.
  mutating func noteBarren(_ domain: Span<UInt8>, in period: UInt32) {
    guard let index = index(of: domain, domain.hash, in: period) else { return }
    slots[index].isBarren = true
  }

  private func index(of key: Span<UInt8>, _ hash: UInt64, in period: UInt32) -> Int? {
    guard !slots.isEmpty else { return nil }
    let index = RecentAnswers.place(of: hash)
    let slots = slots.span
    guard slots[index].period == period, slots[index].hash == hash,
      key.isEqual(to: slots[index].key.span)
    else { return nil }
    return index
  }

  private static func place(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash) & (count - 1)
  }
}
