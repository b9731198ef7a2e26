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
  }

  /// Usage text of postmap(1) 3.7.
  static let usage =
    "usage: postmap [-bfFhimnNoprsuUvw] [-c config_dir] [-d key] [-q key] [map_type:]file..."

  static let letters = "bc:d:fFhimnNopq:rsuUvw"

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

  /// Reads the command line; what is wrong with it ends the program as in postmap(1).
  init(_ words: [[UInt8]], console: Console) {
    let arguments: Arguments
    do { arguments = try Arguments(words, letters: Options.letters) } catch {
      if let message = error.message { console.trace(message) }
      console.fatal(Options.usage)
    }
    for (letter, value) in arguments.options { set(letter, value, console) }
    tables = arguments.operands
    checkMessageKeys(console)
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
      case .create, .list: action = .list
      }
    case "u": utf8Off = true
    case "U": utf8ForMessages = true
    case "v": verbosity += 1
    case "w": duplicates = .ignore
    default: break
    }
  }

  /// -b, -h and -m belong to `-q -`.
  private mutating func checkMessageKeys(_ console: Console) {
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
