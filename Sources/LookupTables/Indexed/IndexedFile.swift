import CSystem
import Glibc
import RestrictionDSL

/// What all indexed files share: identity, age, and notice of a change.
struct IndexedFile {
  /// With suffix.
  let path: String

  /// Descriptor of the library that reads the table.
  let fd: CInt

  /// Seconds since 1970 when the table was opened.
  let modified: Int

  private let looksAlways: Bool
  private var lastLook = timespec()

  /// - Parameter source: the file name without suffix, for the age warning.
  init(path: String, source: String, fd: CInt, opening: TableOpening) {
    self.path = path
    self.fd = fd
    looksAlways = opening.options.looksBeforeEachLookup
    var status = stat()
    modified = fstat(fd, &status) == 0 ? status.st_mtim.tv_sec : 0
    if let warning = IndexedFile.ageWarning(path: path, source: source, fd: fd) {
      opening.warn("warning: \(warning)")
    }
  }

  /// What is said of a table that is older than its source, if the source is not just being
  /// changed.
  static func ageWarning(path: String, source: String, fd: CInt) -> String? {
    var table = stat()
    var text = stat()
    guard fstat(fd, &table) == 0, stat(source, &text) == 0,
      text.st_mtim.tv_sec > table.st_mtim.tv_sec, text.st_mtim.tv_sec < time(nil) - 100
    else { return nil }
    return "database \(path) is older than source file \(source)"
  }

  /// Whether it is time to look at the size of the file again.
  mutating func isDue() -> Bool {
    if looksAlways { return true }
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now)
    if now.tv_nsec == lastLook.tv_nsec, now.tv_sec == lastLook.tv_sec { return false }
    lastLook = now
    return true
  }

  /// Another modification time, or the name is gone from the directory.
  ///
  /// - Parameter ignoringTime: for a table with several writers, which reads what they write.
  func hasChanged(ignoringTime: Bool = false) -> Bool {
    var status = stat()
    guard fstat(fd, &status) == 0 else { return true }
    return status.st_nlink == 0 || !ignoringTime && status.st_mtim.tv_sec != modified
  }
}

/// A key with room for its NUL, and which of the two forms this table answers to.
///
/// - Source: facts postmap §7
struct KeyForms {
  private(set) var triesNUL: Bool
  private(set) var triesPlain: Bool
  /// The form of the table's first keys; `nil` where they differ, or there are none.
  private var guess: Bool?

  init(_ form: TableOptions.KeyForm) {
    triesNUL = form != .withoutNUL
    triesPlain = form != .withNUL
  }

  /// Asks for the form with NUL, then for the one without, as far as they are tried.
  ///
  /// - Parameter asksBoth: also where the table's first keys show that the other form is not there
  @inline(__always)
  mutating func value(
    asksBoth: Bool = false, _ find: (_ withNUL: Bool) throws(LookupError) -> Bytes?
  ) throws(LookupError) -> Bytes? {
    let guess = asksBoth ? nil : guess
    if triesNUL, guess != false, let value = try find(true) {
      hit(withNUL: true)
      return value
    }
    if triesPlain, guess != true, let value = try find(false) {
      hit(withNUL: false)
      return value
    }
    return nil
  }

  /// How many keys are looked at to know a form.
  static let sampleSize = 8

  /// Takes the form of the first few keys of the table where they agree, so that a key that is not
  /// there is asked for once.
  ///
  /// Postfix asks for both until its first hit; a table of one form answers the same.
  ///
  /// - Parameter nextKeyHasNUL: `nil` at the end
  mutating func settle(_ nextKeyHasNUL: () -> Bool?) {
    guard triesNUL, triesPlain, let first = nextKeyHasNUL() else { return }
    for _ in 1..<KeyForms.sampleSize {
      guard let next = nextKeyHasNUL() else { break }
      if next != first { return }
    }
    guess = first
  }

  /// After the first hit only the form that worked is tried.
  mutating func hit(withNUL: Bool) {
    triesNUL = withNUL
    triesPlain = !withNUL
    guess = nil
  }
}
