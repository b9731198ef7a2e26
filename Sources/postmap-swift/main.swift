import LookupTables
import RestrictionDSL

/// Temporary front.
var options = TableOptions(smtputf8: true)
let arguments = Array(CommandLine.arguments.dropFirst())
let cache = TableCache(options: options)
if arguments.count == 2, let spec = TableSpec(arguments[1]) {
  let table = cache.open(spec)
  for line in cache.openMessages { print("postmap: \(line)") }
  let key = Array(arguments[0].utf8)
  do {
    if let value = try table.uncheckedValue(for: key.span) { print(value.text) }
  } catch { print(error) }
  for line in cache.takeWarnings() { print("postmap: \(line)") }
}
