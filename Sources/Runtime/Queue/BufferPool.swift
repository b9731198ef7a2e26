import Synchronization

/// Buffers that wait for their next message.
///
/// Messages take them on the loop and give them back on the worker that stored the file.
final class BufferPool: Sendable {
  private let free = Mutex<[RecordBuffer]>([])
  private let limit: Int

  /// - Parameter limit: how many are kept
  init(limit: Int) { self.limit = limit }

  func take() -> RecordBuffer { free.withLock { $0.popLast() } ?? RecordBuffer() }

  func give(_ buffer: RecordBuffer) {
    buffer.clear()
    if buffer.isLarge { return }
    free.withLock { if $0.count < limit { $0.append(buffer) } }
  }
}
