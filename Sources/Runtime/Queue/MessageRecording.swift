import CSystem
import Glibc
import RestrictionDSL

/// What a message was told, in its order, to be told to another one later.
///
/// What exceeds a few pages goes to a file without a name.
final class MessageRecording {
  /// What was said.
  private enum Event: UInt8 {
    case recipient = 1
    case content = 2
    case line = 3
    case part = 4
  }

  private let directory: CInt
  private var descriptor: CInt = -1
  private var events = Bytes()
  /// Sizes of the pieces in the file; an event is never in two of them.
  private var pieces: [Int] = []
  private var failure: SystemError?

  /// - Unit: bytes in memory
  private static let limit = 65_536

  /// - Parameter directory: a descriptor of the folder whose file system takes what is long
  init(in directory: CInt) { self.directory = directory }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func add(_ recipient: Recipient) {
    begin(.recipient)
    append(recipient.address.span)
    append(recipient.originalRecipient.span)
    append(number: recipient.notify)
    finish()
  }

  func beginContent() {
    begin(.content)
    finish()
  }

  func write(_ line: Span<UInt8>, isComplete: Bool) {
    begin(isComplete ? .line : .part)
    append(line)
    finish()
  }

  /// Tells everything to a message.
  ///
  /// - Throws: where the file could not be written, or cannot be read
  func replay(to message: any OpenMessage) throws(SystemError) {
    if let failure { throw failure }
    var offset = 0
    for size in pieces {
      tell(try piece(size, at: offset), to: message)
      offset += size
    }
    tell(events, to: message)
  }

  // MARK: Writing

  private func begin(_ event: Event) { events.append(event.rawValue) }

  private func append(number: Int) {
    for shift in stride(from: 0, to: 32, by: 8) {
      events.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  private func append(_ bytes: Span<UInt8>) {
    append(number: bytes.count)
    for index in bytes.indices { events.append(bytes[index]) }
  }

  private func finish() {
    guard events.count > MessageRecording.limit else { return }
    do throws(SystemError) {
      try store()
      pieces.append(events.count)
    } catch { failure = failure ?? error }
    events.removeAll(keepingCapacity: true)
  }

  private func store() throws(SystemError) {
    if descriptor < 0 {
      // O_TMPFILE, which the C library shows with its own extensions only.
      descriptor = smtpd_openat(
        directory, ".", O_RDWR | O_CLOEXEC | O_DIRECTORY | 0o20_000_000, 0o600)
      guard descriptor >= 0 else { throw .last("create file", "without a name") }
    }
    var start = 0
    while start < events.count {
      let count = events.withUnsafeBytes { bytes in
        smtpd_write(descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .last("write", "file without a name") }
      start += count
    }
  }

  // MARK: Reading

  private func piece(_ size: Int, at offset: Int) throws(SystemError) -> Bytes {
    var piece = Bytes(repeating: 0, count: size)
    var start = 0
    while start < size {
      let count = piece.withUnsafeMutableBytes { bytes in
        pread(
          descriptor, bytes.baseAddress.map { $0 + start }, size - start, off_t(offset + start))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .last("read", "file without a name") }
      start += count
    }
    return piece
  }

  private func tell(_ events: Bytes, to message: any OpenMessage) {
    var index = 0
    func number() -> Int {
      var number: UInt32 = 0
      for shift in stride(from: 0, to: 32, by: 8) {
        number |= UInt32(events[index]) << UInt32(shift)
        index += 1
      }
      return Int(number)
    }
    func bytes() -> Range<Int> {
      let count = number()
      index += count
      return index - count..<index
    }
    while index < events.count {
      let event = Event(rawValue: events[index])
      index += 1
      switch event {
      case .recipient:
        let address = Bytes(events[bytes()])
        let original = Bytes(events[bytes()])
        message.add(
          Recipient(address: address, originalRecipient: original, notify: number()))
      case .content: message.beginContent()
      case .line, .part:
        let range = bytes()
        message.write(events.span.extracting(range), isComplete: event == .line)
      case nil: preconditionFailure("no event at \(index) of \(events.count)")
      }
    }
  }
}
