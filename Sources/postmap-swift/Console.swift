import CSystem
import Glibc
import LookupTables
import RestrictionDSL

/// Standard output in large pieces; messages to standard error and to the mail log.
final class Console {
  /// `postmap`, whatever the file is called: scripts look for it.
  static let program = "postmap"

  /// `postfix/postmap` in the mail log; `nil` writes none.
  var syslogName: String?

  /// Messages may have characters outside ASCII.
  var printsUTF8 = false

  private var output: [UInt8] = []

  /// Postfix writes full blocks and forgets the last one when it stops with a fatal error.
  private static let blockSize = 4096

  /// A key and its value on one line.
  func print(_ key: [UInt8], _ value: [UInt8]) {
    output += key
    output.append(0x09)
    print(value)
  }

  /// A key and its value as a line of JSON; bytes that are no UTF-8 show as U+FFFD.
  func printJSON(_ key: [UInt8], _ value: [UInt8]) {
    let key = JSONText.string(String(decoding: key, as: UTF8.self)).text
    let value = JSONText.string(String(decoding: value, as: UTF8.self)).text
    print([UInt8]("{\"key\": \(key), \"value\": \(value)}".utf8))
  }

  /// Text with its line ends.
  func text(_ text: String) { output += text.utf8 }

  /// A line.
  func print(_ line: [UInt8]) {
    output += line
    output.append(0x0A)
    guard output.count >= 1 << 16 else { return }
    let whole = output.count / Console.blockSize * Console.blockSize
    writeAll(1, Array(output[..<whole]))
    output.removeSubrange(..<whole)
  }

  /// The end of a run that succeeded.
  func flush() {
    writeAll(1, output)
    output = []
  }

  func warning(_ text: String) { write("warning: \(text)", priority: LOG_WARNING) }

  /// Every fatal error: one second of pause, exit status 1.
  func fatal(_ text: String) -> Never {
    let whole = output.count / Console.blockSize * Console.blockSize
    writeAll(1, Array(output[..<whole]))
    write("fatal: \(text)", priority: LOG_CRIT)
    sleep(1)
    exit(1)
  }

  /// A line that carries its own `warning: ` or `error: `; an error ends the program.
  func line(_ line: String) {
    for prefix in ["error: ", "fatal: "] where line.hasPrefix(prefix) {
      fatal(String(line.dropFirst(prefix.count)))
    }
    write(line, priority: LOG_WARNING)
  }

  /// A line without level, for instance of `-v`.
  func trace(_ text: String) { write(text, priority: LOG_INFO) }

  /// Text for the person at the terminal, as it is.
  func terminal(_ text: String) { writeAll(2, Array(text.utf8)) }

  private func write(_ message: String, priority: CInt) {
    let text = PrintableText.of(Bytes(message), utf8: printsUTF8)
    writeAll(2, Array("\(Console.program): \(text)\n".utf8))
    guard let syslogName else { return }
    syslogName.withCString { name in
      openlog(name, LOG_PID, LOG_MAIL)
      smtpd_syslog(priority, text)
      closelog()
    }
  }

  private func writeAll(_ fd: CInt, _ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(fd, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return }
        done += count
      }
    }
  }
}
