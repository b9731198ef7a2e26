import CSystem
import Glibc
import LookupTables
import RestrictionDSL

/// The parameters of main.cf that postmap(1) uses.
struct MainConfiguration {
  let settings: Settings

  /// Type of a table that is named without one.
  var defaultType: String { settings.string("default_database_type") }

  /// In the mail log: `postfix/postmap`.
  var syslogName: String? {
    // Where messages go to a file of its own, only a program of Postfix may write there.
    guard settings.string("maillog_file").isEmpty else { return nil }
    return "\(settings.string("syslog_name"))/\(Console.program)"
  }

  /// Reads main.cf; what Postfix's program would stop at ends this one.
  static func read(_ options: Options, console: Console) -> MainConfiguration {
    if let directory = options.configDirectory {
      setenv("MAIL_CONFIG", String(decoding: directory, as: UTF8.self), 1)
    }
    let directory = ConfigReader.defaultDirectory
    let (settings, diagnostics) = SettingsBuilder.load(directory: directory, machine: .current)
    for diagnostic in diagnostics {
      guard let line = diagnostic.logLine, concerns(line) else { continue }
      console.line(line)
    }
    return MainConfiguration(settings: settings)
  }

  /// Whether a line about the configuration is about a parameter that every program reads, or
  /// about none.
  private static func concerns(_ line: String) -> Bool {
    let shared = Set(EvaluationOrder.shared)
    let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    let own = words.filter { word in
      ParameterCatalog.parameter(word) != nil && !shared.contains(word)
    }
    return own.isEmpty || words.contains(where: shared.contains)
  }

  /// What a command line and main.cf make together.
  func tableOptions(for options: Options) -> TableOptions {
    var result = TableOptions(settings: settings)
    result.proxyReadTables = nil
    result.refusesDuplicates = false
    if options.utf8Off || options.readsMessage && !options.utf8ForMessages {
      result.smtputf8 = false
    }
    result.foldsKeys = options.folds
    result.keyForm = options.keyForm
    result.valuesAreFiles = options.valuesAreFiles
    result.duplicates = options.duplicates
    result.showsDatabaseMessages = true
    result.looksBeforeEachLookup = false
    return result
  }
}
