extension ParameterListing {
  /// The first mistake of master.cf in the words of postconf(1), which differ from master(8)'s.
  static func firstMistake(in file: SourceFile) -> String? {
    for line in LogicalLines(file).lines {
      let words = Settings.words(line.text.bytes).map(\.text)
      guard words.count >= 8 else {
        return "file \(file.path): line \(line.number): bad field count"
      }
      let joined = words.joined(separator: " ")
      for (name, word, isValid) in checks(words) where !isValid {
        return "invalid \(name) field \"\(word)\" in \"\(joined)\""
      }
    }
    return nil
  }

  private static func checks(_ words: [String]) -> [(name: String, word: String, isValid: Bool)] {
    let flags = ["y", "n", "-"]
    return [
      ("type", words[1], MasterCF.Kind(rawValue: words[1]) != nil),
      ("private", words[2], flags.contains(words[2])),
      ("unprivileged", words[3], flags.contains(words[3])),
      ("chroot", words[4], flags.contains(words[4])),
      ("wakeup", words[5], isNumber(words[5].hasSuffix("?") ? words[5].dropLast() : words[5][...])),
      ("process_limit", words[6], isNumber(words[6][...])),
    ]
  }

  private static func isNumber(_ text: Substring) -> Bool {
    text == "-" || !text.isEmpty && text.utf8.allSatisfy(\.isASCIIDigit)
  }
}

extension Settings {
  /// The words of a text between white space.
  static func words(_ bytes: Bytes) -> [Bytes] {
    bytes.split(whereSeparator: \.isASCIISpace).map(Bytes.init)
  }
}
