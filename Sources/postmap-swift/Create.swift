import CSystem
import Glibc
import LookupTables
import RestrictionDSL

/// Builds one table from its source, or adds to it from standard input (`-i`).
struct Create {
  let options: Options
  let tableOptions: TableOptions
  let console: Console

  func run(_ spec: TableSpec) {
    if spec.type == "proxy" && !options.increments {
      console.fatal("can't create maps via the proxy service")
    }
    let fd = openSource(spec)
    let name = options.increments ? "stdin" : spec.name
    let ownership = SourceOwnership(fd: fd, options: options, console: console)
    if spec.type == "fail" {
      failFirstEntry(spec, TableSource(name: name, fd: fd, options: tableOptions))
      return
    }
    var write = WriteOptions(options.increments ? .increment : .create, options: tableOptions)
    write.sourceSize = ownership.sourceSize
    write.replaces = options.duplicates == .replace
    let console = console
    write.warn = { console.warning($0) }
    do throws(BuildError) {
      let storage = storage(spec)
      let writer = try storage.writer(name: spec.name, options: write)
      // A signal between emptying and completing would leave half a table; a transaction undoes itself.
      let signals = storage == .lmdb ? nil : HeldSignals()
      defer { signals?.release() }
      try fill(writer, write, TableSource(name: name, fd: fd, options: tableOptions))
    } catch {
      console.fatal(error.message)
    }
    ownership.restore()
    if !options.increments { close(fd) }
  }

  private func openSource(_ spec: TableSpec) -> CInt {
    if options.increments { return 0 }
    let fd = smtpd_open(spec.name, O_RDONLY | O_CLOEXEC, 0)
    if fd < 0 { console.fatal("open \(spec.name): \(String(cString: strerror(errno)))") }
    return fd
  }

  private func storage(_ spec: TableSpec) -> TableStorage {
    guard let type = TableRegistry.type(named: spec.type), type.isKnownToPostfix else {
      console.fatal(
        "unsupported dictionary type: \(spec.type). "
          + "Is the postfix-\(spec.type) package installed?")
    }
    guard let storage = type.storage else {
      console.fatal(
        "unsupported dictionary type: \(spec.type) does not support bulk-mode creation.")
    }
    return storage
  }

  private func fill(
    _ writer: any TableWriter, _ write: WriteOptions, _ source: TableSource
  ) throws(BuildError) {
    var source = source
    var builder = TableBuilder(
      writer, mode: write.mode, duplicates: options.duplicates, sourceSize: write.sourceSize)
    var progress = Progress()
    var key: [UInt8] = []
    // A source that cannot be read to its end, for instance a directory, ends there.
    while (try? source.next { console.warning($0) }) ?? false {
      progress.count(console)
      source.copyKey(to: &key)
      if let warning = try add(key, source, to: &builder) { console.warning(warning) }
      if source.isIdle { try builder.settle() }
    }
    progress.end(console)
    try builder.finish()
  }

  private func add(
    _ key: [UInt8], _ source: TableSource, to builder: inout TableBuilder
  ) throws(BuildError) -> String? {
    guard options.valuesAreFiles else { return try builder.add(key, source.value) }
    let content: [UInt8]
    do { content = try FileValue.read(Array(source.value)) } catch {
      console.warning("\(source.place)\(error.reason): skipping this entry")
      return nil
    }
    return try builder.add(key, Base64.encode(content)[...])
  }

  /// `fail:` is created and refuses its first entry.
  private func failFirstEntry(_ spec: TableSpec, _ source: TableSource) {
    var source = source
    if (try? source.next { console.warning($0) }) ?? false {
      console.fatal("table \(spec): write error: Application error")
    }
  }
}

/// Signals wait until the table is whole, but for those that say that the program is broken.
struct HeldSignals {
  private var before = sigset_t()

  init() {
    var held = sigset_t()
    sigfillset(&held)
    for signal in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
      sigdelset(&held, signal)
    }
    sigprocmask(SIG_BLOCK, &held, &before)
  }

  func release() {
    var before = before
    sigprocmask(SIG_SETMASK, &before, nil)
  }
}
