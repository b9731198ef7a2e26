import RestrictionDSL
import Synchronization

/// The parameter files of tables, each read once.
///
/// A table that several connections ask is opened again while the server runs, perhaps without the
/// rights to read a file that holds a password.
final class ParameterFiles: Sendable {
  private let texts = Mutex<[String: Bytes]>([:])

  func text(of path: String) throws(SystemErrno) -> Bytes {
    if let known = texts.withLock({ $0[path] }) { return known }
    let text = try FileReader(path: path).readAll()
    texts.withLock { $0[path] = text }
    return text
  }
}
