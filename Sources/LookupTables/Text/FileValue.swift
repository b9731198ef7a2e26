import RestrictionDSL

/// A value that names files (`postmap -F`).
public enum FileValue {
  /// The content of the files that the text names, separated by commas or white space; a newline
  /// stands between two files.
  ///
  /// - Throws: ``OpenFailure`` `open F: No such file or directory`, `read F: Is a directory`.
  /// - Source: postmap(1) -F, facts postmap §6
  public static func read(_ names: Bytes) throws(OpenFailure) -> Bytes {
    var content: Bytes = []
    var isFirst = true
    for name in BraceText.tokens(names[...]) {
      if !isFirst { content.append(0x0A) }
      isFirst = false
      func failure(_ step: String, _ error: SystemErrno) -> OpenFailure {
        OpenFailure("\(step) \(PrintableText.of(name, utf8: true)): \(error.text)")
      }
      let reader: FileReader
      do { reader = try FileReader(path: Bytes(name)) } catch { throw failure("open", error) }
      do { content += try reader.readAll() } catch { throw failure("read", error) }
    }
    return content
  }
}
