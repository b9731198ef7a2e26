import Glibc
import RestrictionDSL

/// A file named by a match list: read once, when the list is opened.
enum ListFile {
  /// The text of strerror(3).
  struct Failure: Error {
    let text: String
  }

  static func read(_ path: String) -> Result<Bytes, Failure> {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return .failure(Failure(text: String(cString: strerror(errno)))) }
    defer { close(file) }
    var content = Bytes()
    var chunk = Bytes(repeating: 0, count: 16_384)
    while true {
      // Sound: the buffer is `chunk`'s own storage, and read(2) writes at most its count.
      let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return .failure(Failure(text: String(cString: strerror(errno)))) }
      guard count > 0 else { return .success(content) }
      content.append(contentsOf: chunk[..<count])
    }
  }
}
