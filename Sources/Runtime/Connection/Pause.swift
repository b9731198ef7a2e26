/// Calls back after a time.
final class Pause: TimerHandler {
  private let then: () -> Void

  private init(_ then: @escaping () -> Void) { self.then = then }

  /// The loop keeps the pause until its time has come.
  static func start(on loop: EventLoop, milliseconds: Int, then: @escaping () -> Void) {
    _ = loop.schedule(after: UInt64(max(milliseconds, 0)), Pause(then), tag: 0)
  }

  func timeout(tag: Int) { then() }
}
