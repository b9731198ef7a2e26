import RestrictionDSL

/// What opening and asking a table depends on besides its name.
public struct TableOptions: Sendable {
  /// Which forms of a stored key a reader tries.
  public enum KeyForm: Hashable, Sendable {
    /// With a trailing NUL first, then without; after the first hit only the form that worked.
    case either
    /// `postmap -N`.
    case withNUL
    /// `postmap -n`.
    case withoutNUL
  }

  /// Full Unicode case folding, and keys and values must be UTF-8.
  ///
  /// - Source: postconf(5) smtputf8_enable
  public var smtputf8: Bool

  /// Whether printed texts may hold UTF-8 although the checks are off (`postmap -u`).
  public var printsUTF8: Bool

  /// Fold keys at all; off for `postmap -f`.
  public var foldsKeys = true

  public var keyForm = KeyForm.either

  /// Values in texts name files whose content is the value; indexed files hold it in BASE64
  /// (`postmap -F`).
  public var valuesAreFiles = false

  /// Cache of a Berkeley DB reader.
  ///
  /// - Unit: bytes
  /// - Source: postconf(5) berkeley_db_read_buffer_size
  public var berkeleyReadCache = 131_072

  /// Cache of a Berkeley DB writer.
  ///
  /// - Unit: bytes
  /// - Source: postconf(5) berkeley_db_create_buffer_size
  public var berkeleyBuildCache = 16_777_216

  /// Initial size of the memory map.
  ///
  /// - Unit: bytes
  /// - Source: postconf(5) lmdb_map_size
  public var lmdbMapSize = 16_777_216

  /// Whether the size of a file is looked at before each lookup.
  ///
  /// A mapped file that somebody makes shorter is a bus error: a service looks each time.
  /// A command, which asks for many keys in a row, looks once in a tick of the clock.
  public var looksBeforeEachLookup = true

  /// Tables that `proxy:` may name; `nil` allows every table.
  ///
  /// - Source: postconf(5) proxy_read_maps
  public var proxyReadTables: Set<String>?

  /// Where `private/proxymap` is.
  ///
  /// - Source: postconf(5) queue_directory
  public var queueDirectory = ""

  /// - Source: postconf(5) proxymap_service_name
  public var proxymapService = "proxymap"

  /// Expanded values of main.cf, for tables whose parameters are written there; `nil` where a name is
  /// not defined.
  public var mainParameter: @Sendable (String) -> String? = { _ in nil }

  /// Shared by all tables that are opened with these options or a copy of them.
  let parameterFiles = ParameterFiles()

  /// A text table in which a key stands twice cannot be opened; off where the first entry counts.
  ///
  /// - Source: observed with smtpd(8) and postmap(1) of Postfix 3.7.11
  public var refusesDuplicates = false

  /// What happens to a second entry of a key in a text table (`postmap -r`, `-w`).
  public var duplicates = TableBuilder.Duplicates.warn

  /// Opening a table must leave no trace and ask nobody: lint and the analyses.
  public var changesNothing = false

  /// Berkeley DB's own explanations go to standard error, as in postmap(1).
  public var showsDatabaseMessages = false

  /// Values of a command line tool: no limits on proxied tables.
  public init(smtputf8: Bool) {
    self.smtputf8 = smtputf8
    printsUTF8 = smtputf8
  }

  /// Values of a service.
  public init(settings: Settings) {
    self.init(smtputf8: settings.bool("smtputf8_enable"))
    refusesDuplicates = true
    if let size = TableOptions.positive(settings, "berkeley_db_read_buffer_size") {
      berkeleyReadCache = size
    }
    if let size = TableOptions.positive(settings, "berkeley_db_create_buffer_size") {
      berkeleyBuildCache = size
    }
    if let size = TableOptions.positive(settings, "lmdb_map_size") { lmdbMapSize = size }
    queueDirectory = settings.string("queue_directory")
    let service = settings.string("proxymap_service_name")
    if !service.isEmpty { proxymapService = service }
    mainParameter = { settings.entry($0)?.value }
    proxyReadTables = Set(
      settings.list("proxy_read_maps").filter { $0.hasPrefix("proxy:") }
        .map { String($0.dropFirst(6)) })
  }

  /// What is said of a key that cannot be in any table because it is not UTF-8.
  public func keyWarning(_ key: Bytes, table: String) -> String? {
    guard smtputf8, !UTF8Check.isValid(key.span) else { return nil }
    return "\(table): non-UTF-8 key \"\(PrintableText.of(key, utf8: true))\": "
      + "malformed UTF-8 or invalid codepoint"
  }

  private static func positive(_ settings: Settings, _ name: String) -> Int? {
    let value = settings.int(name)
    return value > 0 ? value : nil
  }
}
