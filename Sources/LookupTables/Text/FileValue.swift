import RestrictionDSL

/// A value that names files (`postmap -F`).
public enum FileValue {
  /// The content of the files that the text names, separated by commas or white space; a newline
  /// stands between two files.
  ///
  /// - Throws: ``OpenFailure`` `open F: No such file or directory`.
  /// - Source: postmap(1) -F, facts postmap §6
  public static func read(_ names: Bytes) throws(OpenFailure) -> Bytes {
    var content: Bytes = []
    var isFirst = true
    for name in BraceText.tokens(names[...]) {
      if !isFirst { content.append(0x0A) }
      isFirst = false
      do {
        content += try FileReader(path: Bytes(name)).readAll()
      } catch {
        throw OpenFailure("open \(PrintableText.of(name, utf8: true)): \(error.text)")
      }
    }
    return content
  }
}
