import CSystem
import Glibc
import LookupTables
import RestrictionDSL

/// The embedded message sink: writes queue files that Postfix's queue manager takes over.
///
/// - Source: facts queue-file.md, postfix-ipc.md §3; cleanup(8)
public final class QueueWriter: Cleanup {
  let parts: CleanupParts
  private let pool = MessagePool()

  /// - Parameter log: shows its lines as those of `postfix/cleanup`: log parsers look there
  /// - Parameter addresses: standard forms and mappings of addresses
  /// - Parameter tables: opens a table of the configuration
  /// - Throws: where a queue directory is missing or may not be entered
  public init(
    settings: Settings, log: any LogSink, addresses: AddressMapping,
    tables: (TableSpec) -> OpenTable, clock: @escaping () -> Int64 = { Int64(time(nil)) }
  ) throws(SystemError) {
    parts = try CleanupParts(
      settings: settings, log: log, addresses: addresses, tables: tables, clock: clock)
  }

  public func open(_ head: borrowing MessageHead) throws(MessageFailure) -> any OpenMessage {
    let message = pool.take() ?? QueuedMessage(parts)
    do {
      try message.begin(head, pool)
    } catch {
      parts.log.write("warning: mail_queue_enter: \(error)")
      throw .writeError
    }
    return message
  }
}

/// Messages whose memory waits for the next one.
///
/// Belongs to the loop.
final class MessagePool {
  private var free: [QueuedMessage] = []
  /// How many are kept.
  private static let limit = 64

  func take() -> QueuedMessage? {
    guard var message = free.popLast() else { return nil }
    // Somebody who holds on to a retired message keeps it to himself.
    return isKnownUniquelyReferenced(&message) ? message : nil
  }

  func give(_ message: QueuedMessage) {
    if free.count < MessagePool.limit { free.append(message) }
  }
}
