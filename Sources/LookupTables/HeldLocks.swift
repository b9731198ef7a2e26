/// A table that has its file locked for reading.
protocol LockHolder: AnyObject {
  /// Lets writers in.
  func giveBack()
}

/// The read locks of one event loop: held from the first lookup of a turn to its end, not taken for each.
///
/// So a command that asks a table for several keys finds its file locked, and its snapshot open. A writer
/// waits for no longer than the turn; while the loop waits, nothing is locked.
public final class HeldLocks {
  private var holders: [any LockHolder] = []

  public init() {}

  func note(_ holder: any LockHolder) { holders.append(holder) }

  /// The turn is over.
  public func giveBack() {
    while let holder = holders.popLast() { holder.giveBack() }
  }
}
