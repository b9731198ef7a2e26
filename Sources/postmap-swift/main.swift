import CSystem
import Glibc
import LookupTables
import RestrictionDSL

/// postmap(1): lookup table management.
///
/// - Source: postmap(1); facts postmap
func postmap(_ console: Console) -> CInt {
  umask(0o022)
  // Not CommandLine.arguments: a key may be bytes that are no UTF-8.
  let words = rawArguments()
  var options = Options(words, console: console)
  if case .migrate(let request) = options.action {
    options.checkMessageKeys(console)
    let path = String(decoding: options.tables[0], as: UTF8.self)
    return Migrate(request: request, writes: options.writes, console: console).run(path)
  }
  let configuration = MainConfiguration.read(options, console: console)
  console.syslogName = configuration.syslogName
  options.checkMessageKeys(console)
  let tableOptions = configuration.tableOptions(for: options)
  console.printsUTF8 = tableOptions.printsUTF8
  let specs = options.tables.map { word in
    let text = String(decoding: word, as: UTF8.self)
    return TableSpec(text) ?? TableSpec(type: configuration.defaultType, name: text)
  }
  switch options.action {
  case .query(let key):
    let query = Query(
      options: options, tableOptions: tableOptions, specs: specs, console: console)
    return query.run(key)
  case .delete(let key):
    let delete = Delete(
      options: options, tableOptions: tableOptions, specs: specs, console: console)
    return delete.run(key)
  case .list:
    guard let spec = specs.first else { return 1 }
    return List(options: options, tableOptions: tableOptions, console: console).run(spec)
  case .check(let purpose):
    let check = Check(
      purpose: purpose, settings: configuration.settings, tableOptions: tableOptions,
      console: console, isStrict: options.isStrict)
    return check.run(specs)
  case .migrate: return 0
  case .create:
    let create = Create(options: options, tableOptions: tableOptions, console: console)
    specs.forEach(create.run)
    return 0
  }
}

// The language prints a backtrace at this one, as if the program had crashed.
signal(SIGQUIT, SIG_DFL)
let console = Console()
let status = postmap(console)
console.flush()
exit(status)
