import Glibc
import LookupTables
import RestrictionDSL

/// The parameters of main.cf that postmap(1) uses.
struct MainConfiguration {
  var defaultType = "hash"
  var smtputf8 = true
  var berkeleyBuildCache = 16_777_216
  var berkeleyReadCache = 131_072
  var lmdbMapSize = 16_777_216
  var syslogName: String? = "postfix/postmap"

  static func read(_ options: Options, console: Console) -> MainConfiguration {
    MainConfiguration()
  }

  /// What a command line and main.cf make together.
  func tableOptions(for options: Options) -> TableOptions {
    let utf8 = smtputf8 && !options.utf8Off && (!options.readsMessage || options.utf8ForMessages)
    var result = TableOptions(smtputf8: utf8)
    result.printsUTF8 = smtputf8
    result.foldsKeys = options.folds
    result.keyForm = options.keyForm
    result.valuesAreFiles = options.valuesAreFiles
    result.berkeleyReadCache = berkeleyReadCache
    result.berkeleyBuildCache = berkeleyBuildCache
    result.lmdbMapSize = lmdbMapSize
    result.showsDatabaseMessages = true
    return result
  }
}
