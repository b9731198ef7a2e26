import Foundation
import LookupTables
import RestrictionDSL
import Testing

/// Generated pattern tables answer as the installed postmap does, rule order, conditions and all.
///
/// This is what proves the literal prefilter: it may only leave out rules that cannot match.
@Suite struct `pattern tables` {
  @Test(arguments: ["regexp", "pcre"])
  func `answer as the installed postmap`(type: String) throws {
    var found: [Int] = []
    for round in 0..<8 {
      var generator = PatternGenerator(type: type, seed: UInt64(round))
      let folder = try TemporaryFolder()
      try folder.write("table", Bytes(generator.table(rules: 120)))
      let keys = (0..<300).map { _ in generator.key() }
      found.append(try compare("\(type):\(folder.path)/table", keys, in: folder))
    }
    checkDistribution(found, of: 300)
  }

  @Test func `of networks answer as the installed postmap`() throws {
    var found: [Int] = []
    for round in 0..<8 {
      var generator = NetworkGenerator(seed: UInt64(round))
      let folder = try TemporaryFolder()
      try folder.write("table", Bytes(generator.table(rules: 80)))
      let keys = (0..<400).map { _ in generator.key() }
      found.append(try compare("cidr:\(folder.path)/table", keys, in: folder))
    }
    checkDistribution(found, of: 400)
  }

  /// A property that is never or always true would prove nothing.
  private func checkDistribution(_ found: [Int], of count: Int) {
    let sum = found.reduce(0, +)
    #expect(sum > found.count * count / 10, "\(found)")
    #expect(sum < found.count * count * 9 / 10, "\(found)")
  }

  /// - Returns: how many keys are found.
  private func compare(
    _ table: String, _ keys: [String], in folder: TemporaryFolder
  ) throws -> Int {
    let query = Programs.run(
      Programs.installedPostmap, ["-q", "-", table],
      input: Bytes(keys.map { $0 + "\n" }.joined()), environment: folder.environment)
    let cache = TableCache(options: TableOptions(smtputf8: true))
    let open = cache.open(try #require(TableSpec(table)))
    var ours = ""
    var found = 0
    for key in keys {
      guard let value = try open.uncheckedValue(for: Bytes(key).span) else { continue }
      found += 1
      ours += "\(key)\t\(value.text)\n"
    }
    #expect(ours == Bytes(query.standardOutput).text)
    return found
  }
}

/// Rules and keys over a small alphabet, so that they meet.
struct PatternGenerator {
  private let isPCRE: Bool
  private var random: SplitMix
  private static let words = ["spam", "mail", "dyn", "host", "net", "com", "ex", "A", "bc", "7"]

  init(type: String, seed: UInt64) {
    isPCRE = type == "pcre"
    random = SplitMix(state: seed &* 31 &+ (type == "pcre" ? 1 : 2))
  }

  mutating func table(rules: Int) -> String {
    var lines: [String] = []
    var depth = 0
    for number in 0..<rules {
      let pattern = alternation(2)
      let flags = pick(["", "", "", "i", isPCRE ? "x" : "m"])
      let negation = pick(["", "", "", "", "", "", "!"])
      switch random.next() % 12 {
      case 0:
        lines.append("if \(negation.isEmpty ? pick(["", "!"]) : "")/\(pattern)/\(flags)")
        depth += 1
      case 1 where depth > 0:
        lines.append("endif")
        depth -= 1
      case 2 where !isPCRE && negation.isEmpty:
        lines.append("/\(pattern)/\(flags)!/\(alternation(1))/ r\(number)")
      default:
        // A negated rule matches nearly everything: only behind a condition that holds seldom.
        let isGuarded = lines.last?.hasPrefix("if /") ?? false
        lines.append("\(isGuarded ? "!" : "")/\(pattern)/\(flags) r\(number)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  mutating func key() -> String {
    var key = ""
    for _ in 0..<(3 + random.next() % 6) {
      key += pick(PatternGenerator.words)
      key += pick(["", ".", "@", "-", "aa", "É"])
    }
    return key
  }

  private mutating func alternation(_ depth: Int) -> String {
    let count = 1 + Int(random.next() % (depth > 0 ? 3 : 1))
    let branches = (0..<count).map { _ in concatenation(depth) }
    return branches.joined(separator: "|")
  }

  private mutating func concatenation(_ depth: Int) -> String {
    let count = 1 + Int(random.next() % 2)
    var text = pick(["", "", "", "^"])
    // Two words in a row are in few keys.
    if depth > 1 || random.next() % 2 == 0 {
      text += pick(PatternGenerator.words) + pick(["", "[.]", "@", ".?"])
      text += pick(PatternGenerator.words)
    }
    for _ in 0..<count { text += atom(depth) + quantifier() }
    return text + pick(["", "", "", "$"])
  }

  private mutating func atom(_ depth: Int) -> String {
    switch random.next() % 12 {
    case 0..<5: return pick(PatternGenerator.words)
    case 5: return pick(["\\.", "[.]", "@", "-"])
    case 6: return pick(["[a-z]", "[^x]", "[[:digit:]]", "[ab]", "[]x]", "[^]]"])
    case 7: return "."
    case 8 where depth > 0: return "(" + alternation(depth - 1) + ")"
    case 9 where isPCRE:
      return pick(["\\w", "\\d", "(?:spam|net)", "(?i)", "(?=m)", "(?!q)", "\\b", "[\\w.]"])
    case 9: return pick(["\\w", "\\<", "\\>", "[[:alpha:]]"])
    default: return pick(["a", "m", "s", "É"])
    }
  }

  private mutating func quantifier() -> String {
    let lazy = isPCRE ? "+?" : "+"
    return pick(["", "", "", "", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", lazy])
  }

  private mutating func pick(_ choices: [String]) -> String {
    choices[Int(random.next() % UInt64(choices.count))]
  }
}

/// Networks of both families that overlap, negations and conditions.
struct NetworkGenerator {
  private var random: SplitMix

  init(seed: UInt64) { random = SplitMix(state: seed &+ 99) }

  mutating func table(rules: Int) -> String {
    var lines: [String] = []
    var depth = 0
    for number in 0..<rules {
      let sign = depth > 0 && random.next() % 4 == 0 ? "!" : ""
      switch random.next() % 8 {
      case 0:
        lines.append("if \(random.next() % 3 == 0 ? "!" : "")\(network(2))")
        depth += 1
      case 1 where depth > 0:
        lines.append("endif")
        depth -= 1
      default: lines.append("\(sign)\(network(8)) r\(number)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  mutating func key() -> String { "\(address())" }

  /// - Parameter least: a longer prefix makes rules that leave something for the others.
  private mutating func network(_ least: Int) -> String {
    let address = address()
    let length = least + Int(random.next() % UInt64(address.bitWidth - least + 1))
    return "\(address.masked(to: length))/\(length)"
  }

  /// One of few, so that networks and keys meet.
  private mutating func address() -> IPAddress {
    let bits = random.next() & 0x0303_0303_0303_0303
    if random.next() % 3 == 0 { return .v6(0x2001_0DB8_0000_0000 | bits, bits) }
    return .v4(UInt32(truncatingIfNeeded: bits))
  }
}
