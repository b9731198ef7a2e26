import Glibc
import RestrictionDSL

/// A queue directory for messages of rehearsals; it goes away with its owner.
public final class ScratchQueue {
  private let path: String
  private static let folders = ["incoming", "hold"]

  /// - Throws: ``SystemError`` where a directory cannot be made.
  public init() throws(SystemError) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let template = parent + "/smtpd-explain-XXXXXX"
    var name = Array(template.utf8CString)
    guard mkdtemp(&name) != nil else { throw .last("mkdtemp", template) }
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for folder in ScratchQueue.folders {
      guard mkdir("\(path)/\(folder)", 0o700) == 0 else { throw .last("mkdir", path) }
    }
  }

  deinit {
    for folder in ScratchQueue.folders {
      let folder = "\(path)/\(folder)"
      if let stream = opendir(folder) {
        while let entry = readdir(stream) {
          let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
          }
          unlink("\(folder)/\(name)")
        }
        closedir(stream)
      }
      rmdir(folder)
    }
    rmdir(path)
  }

  /// Settings that put messages here.
  func settings(_ settings: Settings) -> Settings {
    settings.replacing("queue_directory", with: path).replacing("hash_queue_names", with: "")
      .replacing("mail_owner", with: "")
  }
}
