import CSystem
import Glibc

/// What the owner of a descriptor waits for.
public struct Interest: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let read = Interest(rawValue: 1)
  public static let write = Interest(rawValue: 2)

  /// Bits of epoll_ctl(2).
  ///
  /// A broken or half-closed peer is only reported to readers: a session that waits for an answer
  /// must not be woken again and again for it.
  var epollBits: UInt32 {
    var bits: UInt32 = 0
    if contains(.read) { bits |= EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
    if contains(.write) { bits |= EPOLLOUT.rawValue }
    return bits
  }
}

/// What a descriptor is ready for.
public struct Readiness: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let readable = Readiness(rawValue: 1)
  public static let writable = Readiness(rawValue: 2)
  /// The other side closed, or the descriptor failed; a read tells which.
  ///
  /// Data received before may still be readable. An error is reported even where the interest is
  /// empty.
  public static let hangUp = Readiness(rawValue: 4)

  init(epollBits bits: UInt32) {
    var result: Readiness = []
    if bits & EPOLLIN.rawValue != 0 { result.insert(.readable) }
    if bits & EPOLLOUT.rawValue != 0 { result.insert(.writable) }
    if bits & (EPOLLHUP.rawValue | EPOLLERR.rawValue | EPOLLRDHUP.rawValue) != 0 {
      result.insert(.hangUp)
    }
    self = result
  }
}

/// The owner of a descriptor that the loop watches.
public protocol EventHandler: AnyObject {
  /// The descriptor is ready. Level-triggered: what is not consumed is reported again.
  func ready(_ fd: CInt, _ events: Readiness)
}

/// Somebody who waits for a point in time.
public protocol TimerHandler: AnyObject {
  /// A timer ran out; its id is not valid any more.
  func timeout(tag: Int)
}
