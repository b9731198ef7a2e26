#if canImport(Glibc)
  import Glibc
#endif

/// Reads configuration files: the only input and output of this module, beside
/// ``MachineFacts/current``.
public enum ConfigReader {
  /// A file that cannot be read.
  public struct Failure: Error, Hashable, Sendable {
    public let path: String
    /// The system's text for the error, for instance `No such file or directory`.
    public let reason: String
    public let errno: CInt

    public init(path: String, reason: String, errno: CInt) {
      self.path = path
      self.reason = reason
      self.errno = errno
    }
  }

  /// The bytes of a file.
  public static func file(_ path: String) throws(Failure) -> SourceFile {
    SourceFile(path: path, bytes: try bytes(of: path))
  }

  /// main.cf of a configuration directory.
  ///
  /// - Throws: ``Failure``; the caller logs `fatal: open DIR/main.cf: REASON` and stops.
  public static func mainCF(directory: String, predefined: [String: String] = [:])
    throws(Failure) -> MainCF
  {
    MainCF(
      try file("\(directory)/main.cf"),
      predefined: predefined.merging(["config_directory": directory]) { $1 })
  }

  /// main.cf as a program reads that knows its own name before.
  ///
  /// - Throws: as above
  public static func mainCF(for machine: MachineFacts) throws(Failure) -> MainCF {
    try mainCF(
      directory: machine.configDirectory, predefined: ["process_name": machine.processName])
  }

  /// master.cf of a configuration directory.
  public static func masterCF(directory: String) throws(Failure) -> MasterCF {
    MasterCF(try file("\(directory)/master.cf"))
  }

  /// The configuration directory: `$MAIL_CONFIG`, else `/etc/postfix`.
  public static var defaultDirectory: String {
    guard let value = getenv("MAIL_CONFIG") else { return "/etc/postfix" }
    return String(cString: value)
  }

  private static func bytes(of path: String) throws(Failure) -> Bytes {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var bytes: Bytes = []
    var buffer = Bytes(repeating: 0, count: 16384)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure(path) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: buffer[..<count])
    }
  }

  private static func failure(_ path: String) -> Failure {
    let code = errno
    return Failure(path: path, reason: String(cString: strerror(code)), errno: code)
  }
}
