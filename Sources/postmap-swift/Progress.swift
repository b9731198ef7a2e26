import Glibc

/// A line on the terminal for builds that take longer than a second.
struct Progress {
  private var entries = 0
  private var isShown = false
  private let isTerminal = isatty(2) == 1
  private let start = time(nil)

  mutating func count(_ console: Console) {
    entries += 1
    guard isTerminal, entries & 0x3FFF == 0, time(nil) > start + 1 else { return }
    isShown = true
    console.terminal("\r\(Console.program): \(entries) entries")
  }

  /// Wipes the line.
  mutating func end(_ console: Console) {
    if isShown { console.terminal("\r\u{1B}[K") }
    isShown = false
  }
}
