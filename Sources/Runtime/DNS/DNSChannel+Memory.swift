import CCares
import Glibc
import RestrictionDSL

/// One c-ares channel on an event loop: sends questions, repeats them, hands back raw replies.
///
/// c-ares calls back only from inside its own functions, on this thread. The channel passes itself
/// to c-ares unretained and outlives it (``close()`` and `deinit` destroy the channel first); each
/// question is retained for c-ares and released by its one callback, which ares_destroy(3) also makes.
final class DNSChannel: EventHandler, TimerHandler {
  /// What came of one question.
  enum Reply {
    /// A reply with the right id, from the right server, to the right question.
    case message(Bytes)
    /// The servers answered, but none of them an answer.
    case serverFailure
    /// No server could be reached, or none answered in time.
    case noReply
    /// The name cannot be put into a question.
    case unusableName
  }

  private final class Pending {
    let channel: DNSChannel
    let then: (Reply) -> Void
    init(_ channel: DNSChannel, _ then: @escaping (Reply) -> Void) {
      self.channel = channel
      self.then = then
    }
  }

  private let loop: EventLoop
  private var channel: ares_channel?
  private var timer: TimerID?
  private var watched: [CInt: Interest] = [:]
  /// Questions that wait for their reply.
  private(set) var pendingCount = 0

  /// Between two looks at the time limits while questions wait.
  ///
  /// - Unit: milliseconds
  private static let tick: UInt64 = 50

  /// - Throws: ``SystemError`` where c-ares cannot be set up (out of memory).
  init(
    loop: EventLoop, configuration: ResolverConfiguration, port: UInt16 = 53
  ) throws(SystemError) {
    self.loop = loop
    var options = ares_options()
    // Replies with an error code count too: the reader knows more of them than c-ares tells.
    options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_STAYOPEN
    if configuration.usesTCP { options.flags |= ARES_FLAG_USEVC }
    options.timeout = CInt(configuration.timeout * 1000)
    options.tries = CInt(configuration.attempts)
    options.sock_state_cb_data = Unmanaged.passUnretained(self).toOpaque()
    options.sock_state_cb = { data, fd, readable, writable in
      guard let data else { return }
      Unmanaged<DNSChannel>.fromOpaque(data).takeUnretainedValue()
        .watch(fd, readable: readable != 0, writable: writable != 0)
    }
    let mask =
      ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB
      | (configuration.rotates ? ARES_OPT_ROTATE : ARES_OPT_NOROTATE)
    var status = ares_library_init(ARES_LIB_INIT_ALL)
    if status == ARES_SUCCESS.rawStatus {
      status = ares_init_options(&channel, &options, mask)
    }
    guard status == ARES_SUCCESS.rawStatus,
      ares_set_servers_ports_csv(channel, configuration.serverList(port: port))
        == ARES_SUCCESS.rawStatus
    else { throw SystemError("ares_init_options", "", code: ENOMEM) }
  }

  deinit { close() }

  /// Asks; `then` is called once, perhaps before this returns.
  func ask(_ name: Bytes, _ type: DNSType, then: @escaping (Reply) -> Void) {
    guard let channel, !name.contains(0) else { return then(.unusableName) }
    let pending = Unmanaged.passRetained(Pending(self, then)).toOpaque()
    pendingCount += 1
    (name + [0]).withUnsafeBytes { text in
      ares_query(
        channel, text.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(ns_c_in.rawValue),
        CInt(type.rawValue),
        { argument, status, _, buffer, length in
          guard let argument else { return }
          let pending = Unmanaged<Pending>.fromOpaque(argument).takeRetainedValue()
          pending.channel.pendingCount -= 1
          var message = Bytes()
          if let buffer, length > 0 {
            message = Bytes(UnsafeBufferPointer(start: buffer, count: Int(length)))
          }
          pending.then(DNSChannel.reply(status: status, message))
        }, pending)
    }
    startTimer()
  }

  private static func reply(status: CInt, _ message: Bytes) -> Reply {
    switch status {
    case ARES_EBADNAME.rawStatus: .unusableName
    case ARES_ESERVFAIL.rawStatus, ARES_ENOTIMP.rawStatus, ARES_EREFUSED.rawStatus: .serverFailure
    default: message.isEmpty ? .noReply : .message(message)
    }
  }

  /// Gives all questions up and closes the sockets.
  func close() {
    if let timer { loop.cancel(timer) }
    timer = nil
    guard let channel else { return }
    self.channel = nil
    ares_destroy(channel)
  }

  private func watch(_ fd: CInt, readable: Bool, writable: Bool) {
    var interest: Interest = []
    if readable { interest.insert(.read) }
    if writable { interest.insert(.write) }
    if interest.isEmpty {
      if watched.removeValue(forKey: fd) != nil { loop.forget(fd) }
    } else if watched.updateValue(interest, forKey: fd) != nil {
      loop.change(fd, interest)
    } else {
      // Without a place in epoll the question ends with its time limit.
      try? loop.watch(fd, interest, self)
    }
  }

  func ready(_ fd: CInt, _ events: Readiness) {
    guard let channel else { return }
    let mayRead = !events.isDisjoint(with: [.readable, .hangUp])
    ares_process_fd(
      channel, mayRead ? fd : ARES_SOCKET_BAD, events.contains(.writable) ? fd : ARES_SOCKET_BAD)
  }

  func timeout(tag: Int) {
    timer = nil
    guard let channel else { return }
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD)
    startTimer()
  }

  private func startTimer() {
    guard timer == nil, pendingCount > 0, channel != nil else { return }
    timer = loop.schedule(after: DNSChannel.tick, self, tag: 0)
  }
}

extension CInt {
  /// c-ares status codes are macros in older releases and an enumeration in newer ones.
  fileprivate var rawStatus: CInt { self }
}
