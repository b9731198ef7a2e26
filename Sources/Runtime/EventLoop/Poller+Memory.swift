import CSystem
import Glibc

/// epoll(7) with its event buffer.
///
/// epoll_wait(2) fills a C array whose elements are valid up to the returned count; they are copied
/// out one at a time before the next call, so no pointer leaves this file.
final class Poller {
  private let descriptor: CInt
  private let events: UnsafeMutablePointer<epoll_event>
  private static let capacity = 256

  init() throws(SystemError) {
    descriptor = epoll_create1(CInt(EPOLL_CLOEXEC))
    guard descriptor >= 0 else { throw .last("epoll_create1") }
    events = .allocate(capacity: Poller.capacity)
    events.initialize(repeating: epoll_event(), count: Poller.capacity)
  }

  deinit {
    events.deallocate()
    close(descriptor)
  }

  /// Adds a descriptor; `key` comes back with each of its events.
  func add(_ fd: CInt, bits: UInt32, key: UInt64) throws(SystemError) {
    var event = epoll_event()
    event.events = bits
    event.data.u64 = key
    guard epoll_ctl(descriptor, EPOLL_CTL_ADD, fd, &event) == 0 else {
      throw .last("epoll_ctl add", "descriptor \(fd)")
    }
  }

  /// Changes what a descriptor is watched for.
  func change(_ fd: CInt, bits: UInt32, key: UInt64) {
    var event = epoll_event()
    event.events = bits
    event.data.u64 = key
    // Fails only for a descriptor that is not watched, which the table of the loop excludes.
    epoll_ctl(descriptor, EPOLL_CTL_MOD, fd, &event)
  }

  /// Removes a descriptor; one that was closed already is gone by itself.
  func remove(_ fd: CInt) {
    var event = epoll_event()
    epoll_ctl(descriptor, EPOLL_CTL_DEL, fd, &event)
  }

  /// Waits for events.
  ///
  /// - Parameter timeout: milliseconds; -1 waits without limit
  /// - Returns: how many there are; 0 after the timeout or a signal
  func wait(timeout: CInt) -> Int {
    max(0, Int(smtpd_epoll_wait(descriptor, events, CInt(Poller.capacity), timeout)))
  }

  /// One event of the last ``wait(timeout:)``.
  func event(_ index: Int) -> (bits: UInt32, key: UInt64) {
    precondition(index >= 0 && index < Poller.capacity, "event \(index)")
    return (events[index].events, events[index].data.u64)
  }
}
