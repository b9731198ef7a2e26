import CSystem
import Glibc
import LookupTables
import RestrictionDSL

/// Makes the changes that findings offer: edits of configuration files, and tables built anew.
public struct FixWriter {
  /// What was done, one line each.
  public private(set) var messages: [String] = []
  /// What could not be done.
  public private(set) var failures: [String] = []

  /// Makes all changes; a file is replaced whole or not at all.
  public init(_ diagnostics: [Diagnostic], files: [SourceFile], options: TableOptions) {
    var fixIts: [FixIt] = []
    for fixIt in diagnostics.compactMap(\.fixIt) where !fixIts.contains(fixIt) {
      fixIts.append(fixIt)
    }
    var edits: [FixIt.Edit] = []
    for edit in fixIts.flatMap(\.edits) where !edits.contains(edit) { edits.append(edit) }
    for file in files {
      let own = edits.filter { $0.file == file.path }
      guard !own.isEmpty else { continue }
      let changed = file.applying(own)
      guard changed != file else { continue }
      if let reason = FixWriter.replace(changed) {
        failures.append("\(file.path): \(reason)")
      } else {
        messages.append("changed \(file.path)")
      }
    }
    var built: [TableSpec] = []
    for table in fixIts.flatMap(\.rebuilds) where !built.contains(table) {
      built.append(table)
      do {
        try TableInspector.rebuild(table, options: options)
        messages.append("built \(table)")
      } catch {
        failures.append("\(table): \(error.message)")
      }
    }
  }

  /// Writes a file beside the old one, with its owner and mode, and renames it.
  ///
  /// - Returns: why not.
  private static func replace(_ file: SourceFile) -> String? {
    var status = stat()
    // A symbolic link stays one: its target is what is replaced.
    guard let real = realpath(file.path, nil) else { return reason }
    defer { free(real) }
    let path = String(cString: real)
    guard stat(path, &status) == 0 else { return reason }
    let temporary = path + ".lint-\(getpid())"
    let fd = smtpd_open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard fd >= 0 else { return reason }
    defer { close(fd) }
    var text = file.bytes[...]
    while !text.isEmpty {
      let count = text.withUnsafeBytes { write(fd, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return abandon(temporary) }
      text = text.dropFirst(count)
    }
    guard fchown(fd, status.st_uid, status.st_gid) == 0, fchmod(fd, status.st_mode & 0o7777) == 0,
      fsync(fd) == 0, rename(temporary, path) == 0
    else { return abandon(temporary) }
    return nil
  }

  private static var reason: String { String(cString: strerror(errno)) }

  private static func abandon(_ temporary: String) -> String {
    let text = reason
    unlink(temporary)
    return text
  }
}
