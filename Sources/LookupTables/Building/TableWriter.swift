import RestrictionDSL

/// A table could not be written; what is there is the old table where the type allows it.
public struct BuildError: Error, Hashable, Sendable {
  /// In Postfix's words, for instance `open database X.db: Permission denied`.
  public let message: String

  /// Lines of the library behind the message, printed before it.
  init(_ message: String) { self.message = message }
}

/// One indexed file, open for writing and locked against other writers and, while it is not
/// whole, against readers.
public protocol TableWriter: AnyObject {
  /// The table in the warning `NAME: duplicate entry: "KEY"`.
  var duplicateName: String { get }

  /// The table in `table NAME: delete error`.
  var ownName: String { get }

  /// Whether the table already holds the key, in any form that the writer may use.
  func contains(_ key: Span<UInt8>) throws(BuildError) -> Bool

  /// Why no entry of this key can be written; `nil` where one can.
  func refusal(of key: Bytes) -> BuildError?

  /// Writes the entries of a batch over those that are there.
  ///
  /// - Parameter isWhole: the batch is all there will be in a table that began empty.
  func write(_ batch: EntryBatch, isWhole: Bool) throws(BuildError)

  /// Whether entries that are added to a table are there for readers before the last one is.
  var showsEntriesAtOnce: Bool { get }

  /// Makes what was written so far visible to others, and lets other writers have their turn.
  func settle() throws(BuildError)

  /// Removes an entry.
  ///
  /// - Returns: whether there was one.
  func delete(_ key: Span<UInt8>) throws(BuildError) -> Bool

  /// Makes the table complete on disk and gives the locks back.
  func finish() throws(BuildError)
}

extension TableWriter {
  public func refusal(of key: Bytes) -> BuildError? { nil }
  public var showsEntriesAtOnce: Bool { false }
  public func settle() throws(BuildError) {}
}

/// How a table file is opened for writing.
public enum WriteMode: Hashable, Sendable {
  /// The table begins empty (`postmap F`).
  case create
  /// Entries are added to those that are there; a missing table is created (`postmap -i`).
  case increment
  /// Entries are removed from a table (`postmap -d`).
  case update
}

/// What writing a table depends on besides its name.
public struct WriteOptions {
  public var mode: WriteMode
  public var keyForm: TableOptions.KeyForm
  /// Whether hash, btree and lmdb tables get keys with NUL: Postfix's default, also where a reader tries
  /// both forms.
  var writesNUL: Bool { keyForm != .withoutNUL }
  /// - Unit: bytes
  public var berkeleyCache: Int
  /// - Unit: bytes
  public var lmdbMapSize: Int
  /// Size of the source, to choose a map before the first entry; 0 where it is not known.
  ///
  /// - Unit: bytes
  public var sourceSize = 0
  /// Keys may come that are in the table already; otherwise whoever writes has asked before.
  public var replaces = false
  /// Said at once: `removing zero-length database file: …`.
  public var warn: ((String) -> Void)?

  public init(_ mode: WriteMode, options: TableOptions) {
    self.mode = mode
    keyForm = options.keyForm
    berkeleyCache = options.berkeleyBuildCache
    lmdbMapSize = options.lmdbMapSize
  }
}

extension TableStorage {
  /// Opens a table file for writing.
  ///
  /// - Parameter name: the file name without suffix.
  /// - Throws: ``BuildError`` with the reason of the system.
  public func writer(
    name: String, options: WriteOptions
  ) throws(BuildError) -> any TableWriter {
    switch self {
    case .hash: try TableStorage.berkeleyDB(name, .hash, options)
    case .btree: try TableStorage.berkeleyDB(name, .btree, options)
    case .lmdb: try LMDBWriter(name: name, options: options)
    case .cdb: try CDBWriter(name: name, options: options)
    }
  }

  private static func berkeleyDB(
    _ name: String, _ format: BerkeleyDBFormat, _ options: WriteOptions
  ) throws(BuildError) -> any TableWriter {
    #if BerkeleyDB
      try BerkeleyDBWriter(name: name, format: format, options: options)
    #else
      throw BuildError(
        "open database \(name).db: this build has no Berkeley DB: it reads such files only")
    #endif
  }
}

/// Collects entries, says what is double, and hands them to a writer in large batches.
public struct TableBuilder {
  /// What happens to a second entry of one key.
  public enum Duplicates: Hashable, Sendable {
    case warn, ignore, replace
  }

  private let writer: any TableWriter
  private let duplicates: Duplicates
  // The table may hold keys that no batch of ours has.
  private var hasOlderEntries: Bool
  private let mode: WriteMode
  private var batch: EntryBatch

  /// - Parameter sourceSize: bytes that are to come; 0 where nobody knows
  public init(
    _ writer: any TableWriter, mode: WriteMode, duplicates: Duplicates, sourceSize: Int = 0
  ) {
    self.writer = writer
    batch = EntryBatch(textSize: sourceSize)
    self.duplicates = duplicates
    hasOlderEntries = mode != .create
    self.mode = mode
  }

  /// Adds an entry; the key is folded already.
  ///
  /// - Returns: the warning about a duplicate.
  public mutating func add(
    _ key: Bytes, _ value: ArraySlice<UInt8>
  ) throws(BuildError) -> String? {
    if duplicates != .replace && hasOlderEntries, try writer.contains(key.span) {
      return warning(key)
    }
    if let error = writer.refusal(of: key) {
      // What was added to a table that is there stays, as if each entry had been written at once.
      if mode != .create { try finish() }
      throw error
    }
    guard batch.insert(key, value, replacing: duplicates == .replace) else {
      return duplicates == .replace ? nil : warning(key)
    }
    if batch.isFull {
      try writer.write(batch, isWhole: false)
      batch.removeAll()
      hasOlderEntries = true
    }
    return nil
  }

  /// Nothing more comes for now: entries that readers are to see at once are written.
  public mutating func settle() throws(BuildError) {
    guard writer.showsEntriesAtOnce else { return }
    if batch.count > 0 {
      try writer.write(batch, isWhole: false)
      batch.removeAll()
    }
    try writer.settle()
  }

  /// Writes what is left and completes the table.
  public mutating func finish() throws(BuildError) {
    try writer.write(batch, isWhole: !hasOlderEntries)
    try writer.finish()
  }

  private func shown(_ key: Bytes) -> String { PrintableText.of(key.span, utf8: true) }

  private func warning(_ key: Bytes) -> String? {
    duplicates == .warn ? "\(writer.duplicateName): duplicate entry: \"\(shown(key))\"" : nil
  }
}
