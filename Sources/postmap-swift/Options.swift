import LookupTables
import RestrictionDSL

/// What the command line asks for.
struct Options {
  /// What to do with the tables.
  enum Action {
    case create
    case query([UInt8])
    case delete([UInt8])
    case list
    /// `--check PURPOSE`
    case check(TablePurpose)
    /// `--migrate OLD=NEW`
    case migrate(String)
  }

  /// Usage text of postmap(1) 3.7.
  static let usage =
    "usage: postmap [-bfFhimnNoprsuUvw] [-c config_dir] [-d key] [-q key] [map_type:]file..."

  static let letters = "bc:d:fFhimnNopq:rsuUvw"

  /// Options of ours, and whether each takes an argument.
  static let names = [
    "--check": true, "--strict": false, "--migrate": true, "--write": false, "--json": false,
  ]

  var action = Action.create
  var increments = false
  var duplicates = TableBuilder.Duplicates.warn
  var folds = true
  var keyForm = TableOptions.KeyForm.either
  var keepsOwner = false
  var inheritsMode = true
  var valuesAreFiles = false
  var utf8Off = false
  var utf8ForMessages = false
  var bodyKeys = false
  var headerKeys = false
  var mimeKeys = false
  var verbosity = 0
  var configDirectory: [UInt8]?
  var tables: [[UInt8]] = []
  /// -q and -s print JSON, one object a line.
  var printsJSON = false
  var writes = false
  var isStrict = false

  /// Reads the command line; what is wrong with it ends the program as in postmap(1).
  init(_ words: [[UInt8]], console: Console) {
    let arguments: Arguments
    do { arguments = try Arguments(words, letters: Options.letters, names: Options.names) } catch {
      if let message = error.message { console.trace(message) }
      console.fatal(Options.usage)
    }
    for (letter, value) in arguments.options { set(letter, value, console) }
    for (name, value) in arguments.named {
      set(name, String(decoding: value, as: UTF8.self), console)
    }
    tables = arguments.operands
    readFlagsBehindOperands()
    checkNamed(console)
    if case .list = action { return }
    if tables.isEmpty { console.fatal(Options.usage) }
  }

  private mutating func set(_ letter: Character, _ value: [UInt8], _ console: Console) {
    switch letter {
    case "b": bodyKeys = true
    case "c": configDirectory = value
    case "d", "q":
      guard case .create = action else { console.fatal("specify only one of -s -q or -d") }
      action = letter == "d" ? .delete(value) : .query(value)
    case "f": folds = false
    case "F": valuesAreFiles = true
    case "h": headerKeys = true
    case "i": increments = true
    case "m": mimeKeys = true
    case "n": keyForm = .withoutNUL
    case "N": keyForm = .withNUL
    case "o": keepsOwner = true
    case "p": inheritsMode = false
    case "r": duplicates = .replace
    case "s":
      switch action {
      case .query, .delete: console.fatal("specify only one of -s or -q or -d")
      case .create, .list, .check, .migrate: action = .list
      }
    case "u": utf8Off = true
    case "U": utf8ForMessages = true
    case "v": verbosity += 1
    case "w": duplicates = .ignore
    default: break
    }
  }

  private mutating func set(_ name: String, _ value: String, _ console: Console) {
    switch name {
    case "--json": printsJSON = true
    case "--write": writes = true
    case "--strict": isStrict = true
    case "--check", "--migrate":
      guard case .create = action, !increments else {
        console.fatal("specify \(name) without -d, -i, -q, -s")
      }
      if name == "--migrate" {
        action = .migrate(value)
      } else if let purpose = TablePurpose(rawValue: value) {
        action = .check(purpose)
      } else {
        let known = TablePurpose.allCases.map(\.rawValue).joined(separator: ", ")
        console.fatal("--check \(value): expected one of \(known)")
      }
    default: break
    }
  }

  /// postmap(1) ends its options at the first operand; what it does not have is read behind it too.
  private mutating func readFlagsBehindOperands() {
    switch action {
    case .migrate:
      writes = writes || tables.contains([UInt8]("--write".utf8))
      tables.removeAll { $0 == [UInt8]("--write".utf8) }
    case .check:
      isStrict = isStrict || tables.contains([UInt8]("--strict".utf8))
      tables.removeAll { $0 == [UInt8]("--strict".utf8) }
    case .create, .query, .delete, .list: break
    }
  }

  /// Options that would do nothing are refused.
  private func checkNamed(_ console: Console) {
    var isQuery = false
    var isMigration = false
    var isCheck = false
    switch action {
    case .query, .list: isQuery = true
    case .migrate: isMigration = true
    case .check: isCheck = true
    case .create, .delete: break
    }
    if printsJSON && !isQuery { console.fatal("specify --json only with -q or -s") }
    if writes && !isMigration { console.fatal("specify --write only with --migrate") }
    if isStrict && !isCheck { console.fatal("specify --strict only with --check") }
    if isMigration && tables.count != 1 { console.fatal("--migrate: expected one main.cf") }
  }

  /// -b, -h and -m belong to `-q -`; looked at when main.cf has been read.
  mutating func checkMessageKeys(_ console: Console) {
    guard bodyKeys || headerKeys || mimeKeys else { return }
    guard case .query(let key) = action, key == [UInt8(ascii: "-")] else {
      console.fatal("specify -b -h or -m only with \"-q -\"")
    }
    if !bodyKeys && !headerKeys {
      console.warning("ignoring -m option without -b or -h")
      mimeKeys = false
    }
  }

  /// Keys come from a message on standard input.
  var readsMessage: Bool { bodyKeys || headerKeys }
}
