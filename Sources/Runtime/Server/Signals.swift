import CSystem
import Glibc

/// Signals as events of a loop, through signalfd(2).
final class Signals: EventHandler {
  private let loop: EventLoop
  private let descriptor: CInt
  private let handler: (CInt) -> Void

  /// Blocks the signals for this thread and all that it starts; made before any other thread.
  ///
  /// - Throws: ``SystemError``; the caller stops.
  init(
    _ signals: [CInt], loop: EventLoop, handler: @escaping (CInt) -> Void
  ) throws(SystemError) {
    self.loop = loop
    self.handler = handler
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    descriptor = signalfd(-1, &set, CInt(SFD_NONBLOCK) | CInt(SFD_CLOEXEC))
    guard descriptor >= 0 else { throw .last("signalfd") }
    try loop.watch(descriptor, .read, self)
  }

  func close() {
    loop.forget(descriptor)
    Glibc.close(descriptor)
  }

  func ready(_ fd: CInt, _ events: Readiness) {
    var info = signalfd_siginfo()
    while read(fd, &info, MemoryLayout<signalfd_siginfo>.size)
      == MemoryLayout<signalfd_siginfo>.size
    {
      handler(CInt(info.ssi_signo))
    }
  }
}
