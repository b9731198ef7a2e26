import Glibc

/// Messages for the person at the terminal.
enum StandardError {
  /// Writes one line.
  static func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }
}
