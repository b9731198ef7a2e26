/// A timer that was scheduled.
///
/// Ids are not used again for a later timer.
public struct TimerID: Hashable, Sendable {
  let index: Int32
  let generation: UInt32
}

/// Timers in a hierarchical wheel: six levels of 64 slots, one millisecond in the finest.
///
/// A value without clock: the owner says what time it is.
///
/// - Complexity: schedule and cancel O(1); each timer moves down at most five levels in its life.
struct Deadlines {
  private struct Timer {
    var handler: (any TimerHandler)?
    var tag = 0
    var due: UInt64 = 0
    /// Neighbours in the ring of the slot; `next` also links the free list.
    var next: Int32 = -1
    var previous: Int32 = -1
    /// Level * 64 + position; -1 where the timer is free.
    var slot: Int32 = -1
    var generation: UInt32 = 0
  }

  private var timers: [Timer] = []
  private var firstFree: Int32 = -1
  /// First timer of each slot's ring, or -1.
  private var slots = [Int32](repeating: -1, count: 384)
  /// Invariant: bit n of word l is set exactly where slot l * 64 + n is not empty.
  private var occupied = [UInt64](repeating: 0, count: 6)
  /// All timers due at or before this have fired.
  private(set) var elapsed: UInt64
  private(set) var count = 0
  /// Nothing has to be done before this; ``next`` may be later, as cancelled timers do not move it.
  private(set) var earliest = UInt64.max

  /// - Parameter now: start of time, in milliseconds
  init(now: UInt64) { elapsed = now }

  /// Adds a timer; one that is due already fires at the next tick.
  mutating func schedule(at due: UInt64, _ handler: any TimerHandler, tag: Int) -> TimerID {
    let index: Int32
    if firstFree >= 0 {
      index = firstFree
      firstFree = timers[Int(index)].next
    } else {
      index = Int32(timers.count)
      timers.append(Timer())
    }
    timers[Int(index)].handler = handler
    timers[Int(index)].tag = tag
    // 2^36 - 1 ms are two years; a longer wait is cut to that.
    timers[Int(index)].due = min(max(due, elapsed &+ 1), elapsed &+ 0xF_FFFF_FFFF)
    link(index)
    count += 1
    if let next { earliest = min(earliest, next) }
    return TimerID(index: index, generation: timers[Int(index)].generation)
  }

  /// Removes a timer; without effect where it has fired or was cancelled.
  mutating func cancel(_ id: TimerID) {
    let index = Int(id.index)
    guard timers.indices.contains(index), timers[index].generation == id.generation,
      timers[index].slot >= 0
    else { return }
    unlink(id.index)
    release(id.index)
  }

  /// When something has to be done next: a timer fires, or timers move down a level.
  var next: UInt64? {
    for level in 0..<6 where occupied[level] != 0 {
      let shift = UInt64(level * 6)
      let position = (elapsed >> shift) & 63
      let bits = occupied[level]
      let rotated = bits >> position | (position == 0 ? 0 : bits << (64 - position))
      let slot = (UInt64(rotated.trailingZeroBitCount) + position) & 63
      let range = (UInt64(64) << shift)
      var due = elapsed & ~(range - 1) | slot << shift
      if due <= elapsed { due += range }
      return due
    }
    return nil
  }

  /// Takes one timer that is due at `now`.
  ///
  /// - Returns: `nil` where there is none.
  @inline(__always)
  mutating func takeDue(now: UInt64) -> (handler: any TimerHandler, tag: Int)? {
    now < earliest ? nil : search(now: now)
  }

  private mutating func search(now: UInt64) -> (handler: any TimerHandler, tag: Int)? {
    while true {
      // The slot of the present tick may still hold timers: they fire one call at a time.
      let current = Int(elapsed & 63)
      if occupied[0] & (1 << UInt64(current)) != 0, slots[current] >= 0,
        timers[Int(slots[current])].due <= elapsed
      {
        return take(slots[current])
      }
      guard let due = next, due <= now else {
        elapsed = max(elapsed, now)
        earliest = next ?? .max
        return nil
      }
      let before = elapsed
      elapsed = due
      for level in stride(from: 5, to: 0, by: -1) {
        let shift = UInt64(level * 6)
        // A slot of a coarse level is spread over the finer ones when its time begins.
        guard before >> shift != due >> shift else { continue }
        spread(level * 64 + Int((due >> shift) & 63))
      }
    }
  }

  private mutating func spread(_ slot: Int) {
    var index = slots[slot]
    guard index >= 0 else { return }
    slots[slot] = -1
    occupied[slot >> 6] &= ~(1 << UInt64(slot & 63))
    timers[Int(timers[Int(index)].previous)].next = -1
    while index >= 0 {
      let following = timers[Int(index)].next
      link(index)
      index = following
    }
  }

  private mutating func take(_ index: Int32) -> (handler: any TimerHandler, tag: Int)? {
    let timer = timers[Int(index)]
    unlink(index)
    release(index)
    guard let handler = timer.handler else { return nil }
    return (handler, timer.tag)
  }

  private mutating func link(_ index: Int32) {
    let due = timers[Int(index)].due
    let distance = (elapsed ^ due) | 63
    let level = min((63 - distance.leadingZeroBitCount) / 6, 5)
    let position = Int((due >> UInt64(level * 6)) & 63)
    let slot = level * 64 + position
    timers[Int(index)].slot = Int32(slot)
    let first = slots[slot]
    if first < 0 {
      slots[slot] = index
      timers[Int(index)].next = index
      timers[Int(index)].previous = index
      occupied[level] |= 1 << UInt64(position)
    } else {
      let last = timers[Int(first)].previous
      timers[Int(index)].next = first
      timers[Int(index)].previous = last
      timers[Int(last)].next = index
      timers[Int(first)].previous = index
    }
  }

  private mutating func unlink(_ index: Int32) {
    let timer = timers[Int(index)]
    let slot = Int(timer.slot)
    if timer.next == index {
      slots[slot] = -1
      occupied[slot >> 6] &= ~(1 << UInt64(slot & 63))
    } else {
      timers[Int(timer.previous)].next = timer.next
      timers[Int(timer.next)].previous = timer.previous
      if slots[slot] == index { slots[slot] = timer.next }
    }
  }

  private mutating func release(_ index: Int32) {
    timers[Int(index)].handler = nil
    timers[Int(index)].slot = -1
    timers[Int(index)].generation &+= 1
    timers[Int(index)].next = firstFree
    firstFree = index
    count -= 1
  }
}
