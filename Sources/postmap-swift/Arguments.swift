/// Options and operands as getopt(3) reads them: options end at the first operand or at `--`.
struct Arguments {
  /// What is wrong with the command line; `nil` for the usage text alone.
  struct Failure: Error {
    let message: String?
  }

  /// Options in their order, with their argument where they take one.
  private(set) var options: [(letter: Character, value: [UInt8])] = []
  /// Options with a name, in their order; postmap(1) has none, so these come first.
  private(set) var named: [(name: String, value: [UInt8])] = []
  private(set) var operands: [[UInt8]] = []

  /// - Parameter letters: a colon behind a letter that takes an argument.
  /// - Parameter names: whether each named option takes an argument.
  init(_ words: [[UInt8]], letters: String, names: [String: Bool]) throws(Failure) {
    let takesValue = Arguments.table(letters)
    var index = 0
    while index < words.count {
      let word = words[index]
      guard word.first == UInt8(ascii: "-"), word.count > 1 else { break }
      index += 1
      if word == [UInt8]("--".utf8) { break }
      if let takesValue = names[String(decoding: word, as: UTF8.self)] {
        let name = String(decoding: word, as: UTF8.self)
        if takesValue && index == words.count {
          throw Failure(message: "option requires an argument -- '\(name)'")
        }
        named.append((name, takesValue ? words[index] : []))
        index += takesValue ? 1 : 0
        continue
      }
      var position = 1
      while position < word.count {
        let letter = Character(Unicode.Scalar(word[position]))
        position += 1
        guard let wantsValue = takesValue[letter] else {
          throw Failure(message: "invalid option -- '\(letter)'")
        }
        guard wantsValue else {
          options.append((letter, []))
          continue
        }
        if position < word.count {
          options.append((letter, Array(word[position...])))
        } else if index < words.count {
          options.append((letter, words[index]))
          index += 1
        } else {
          throw Failure(message: "option requires an argument -- '\(letter)'")
        }
        break
      }
    }
    operands = Array(words[index...])
  }

  private static func table(_ letters: String) -> [Character: Bool] {
    var table: [Character: Bool] = [:]
    var last: Character?
    for letter in letters {
      if letter == ":", let last { table[last] = true } else { table[letter] = false }
      last = letter
    }
    return table
  }
}
