import Foundation
import RestrictionDSL
import TestSupport
import Testing

@testable import LookupTables

/// `postmap-swift --migrate OLD=NEW main.cf`.
@Suite struct `Migrating a configuration` {
  private func postmap(_ words: [String], _ folder: TemporaryFolder) -> (Int32, String) {
    let output = Programs.run(
      "/bin/sh", ["-c", "exec \"$0\" \"$@\" 2>&1", Programs.postmap] + words,
      environment: folder.environment, directory: folder.path)
    return (output.status, String(decoding: output.standardOutput, as: UTF8.self))
  }

  private func text(_ name: String, _ folder: TemporaryFolder) throws -> String {
    try String(contentsOf: URL(filePath: folder.path).appending(path: name), encoding: .utf8)
  }

  /// Tables `a` … in a folder with the main.cf.
  private func folder(_ mainCF: String, _ masterCF: String = "", tables: [String]) throws
    -> TemporaryFolder
  {
    let folder = try TemporaryFolder()
    try folder.write("main.cf", Bytes("compatibility_level = 3.6\nalias_maps =\n" + mainCF))
    if !masterCF.isEmpty { try folder.write("master.cf", Bytes(masterCF)) }
    for table in tables {
      let (type, name) = (table.split(separator: ":")[0], table.split(separator: ":")[1])
      try folder.write(String(name), Bytes("\(name)@example.com \(name) 1\nTwo 2\nempty-Ä ü\n"))
      let made = Programs.run(
        Programs.installedPostmap, ["\(type):\(name)"], environment: folder.environment,
        directory: folder.path)
      try #require(made.status == 0)
    }
    return folder
  }

  @Test func `finds tables wherever they are named, and edits the place where the type is written`()
    throws
  {
    let folder = try folder(
      """
      kind = hash
      transport_maps = ${kind}:$config_directory/a, proxy:hash:$config_directory/b
      smtpd_sender_restrictions = check_sender_access unionmap:{hash:$config_directory/c,
          pipemap:{hash:$config_directory/d,static:x}}, reject
      mynetworks = !hash:$config_directory/e, 127.0.0.0/8
      ours = { check_recipient_access hash:$config_directory/f }, btree:$config_directory/g
      # hash:not this one
      """ + "\n",
      """
      smtp inet n - n - - smtpd
        -o smtpd_client_restrictions=check_client_access,hash:$config_directory/h
      pickup unix n - n 60 1 pickup
        -o { content_of = hash:$config_directory/i }
      """ + "\n",
      tables: ["a", "b", "c", "d", "e", "f", "h", "i"].map { "hash:\($0)" } + ["btree:g"])
    let main = folder.path + "/main.cf"
    let (status, output) = postmap(["--migrate", "hash=lmdb", main], folder)
    #expect(status == 0, "\(output)")
    #expect(output.hasSuffix("nothing is written: say --write to change the files\n"))
    #expect(try text("main.cf", folder).contains("lmdb") == false)
    for name in ["a", "b", "c", "d", "e", "f", "h", "i"] {
      #expect(
        output.contains(
          "lmdb:\(folder.path)/\(name): 3 entries of hash:\(folder.path)/\(name), all compared\n"))
    }
    #expect(output.contains("/g:") == false)
    let before = try (text("main.cf", folder), text("master.cf", folder))
    #expect(postmap(["--migrate", "hash=lmdb", main, "--write"], folder).0 == 0)
    func moved(_ text: String) -> String {
      text.replacing("hash:$", with: "lmdb:$").replacing("kind = hash", with: "kind = lmdb")
    }
    #expect(try text("main.cf", folder) == moved(before.0) + "default_database_type = lmdb\n")
    #expect(try text("master.cf", folder) == moved(before.1))
    // Done: nothing is left to do.
    #expect(postmap(["--migrate", "hash=lmdb", main], folder) == (0, "nothing to change\n"))
    // Source: the installed postmap reads what was made.
    let listed = Programs.run(
      Programs.installedPostmap, ["-s", "lmdb:c"], environment: folder.environment,
      directory: folder.path)
    #expect(
      String(decoding: listed.standardOutput, as: UTF8.self)
        == "c@example.com\tc 1\nempty-ä\tü\ntwo\t2\n")
  }

  @Test(arguments: [
    "hash=lmdb", "hash=cdb", "btree=lmdb", "btree=cdb", "lmdb=hash", "lmdb=btree", "cdb=hash",
    "lmdb=cdb", "cdb=lmdb",
  ])
  func `goes from every type to every other`(request: String) throws {
    let old = String(request.split(separator: "=")[0])
    let new = String(request.split(separator: "=")[1])
    let folder = try folder("relay_domains = \(old):$config_directory/t\n", tables: ["\(old):t"])
    let (status, output) = postmap(
      ["--write", "--migrate", request, folder.path + "/main.cf"], folder)
    #expect(status == 0, "\(output)")
    #expect(try text("main.cf", folder).contains("relay_domains = \(new):$config_directory/t\n"))
    let query = Programs.run(
      Programs.installedPostmap, ["-q", "-", "\(new):t"],
      input: Bytes("t@example.com\nTWO\nno\nEMPTY-Ä\n"),
      environment: folder.environment, directory: folder.path)
    #expect(
      String(decoding: query.standardOutput, as: UTF8.self)
        == "t@example.com\tt 1\nTWO\t2\nEMPTY-Ä\tü\n")
  }

  @Test func `writes nothing where a table cannot be copied`() throws {
    let folder = try folder(
      "relay_domains = hash:$config_directory/a, hash:$config_directory/missing\n",
      tables: ["hash:a"])
    let before = try text("main.cf", folder)
    let (status, output) = postmap(
      ["--write", "--migrate", "hash=lmdb", folder.path + "/main.cf"], folder)
    #expect(status == 1)
    #expect(
      output.contains(
        "lmdb:\(folder.path)/missing: not made: open database \(folder.path)/missing.db: No such file or directory\n"
      ))
    #expect(
      output.hasSuffix("postmap: fatal: not every table could be copied: nothing was written\n"))
    #expect(try text("main.cf", folder) == before)
  }

  @Test func `keeps mode and owner, the age of an old table, and links`() throws {
    let folder = try folder("relay_domains = hash:$config_directory/a\n", tables: ["hash:a"])
    let table = folder.path + "/a.db"
    try #require(chmod(table, 0o640) == 0 && chown(table, 1234, 1235) == 0)
    let past = [
      timespec(tv_sec: 1_700_000_000, tv_nsec: 0), timespec(tv_sec: 1_700_000_000, tv_nsec: 0),
    ]
    try #require(utimensat(AT_FDCWD, table, past, 0) == 0)
    let older = [
      timespec(tv_sec: 1_700_001_000, tv_nsec: 0), timespec(tv_sec: 1_700_001_000, tv_nsec: 0),
    ]
    try #require(utimensat(AT_FDCWD, folder.path + "/a", older, 0) == 0)
    try FileManager.default.moveItem(
      atPath: folder.path + "/main.cf", toPath: folder.path + "/real.cf")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/main.cf", withDestinationPath: "real.cf")
    try #require(chmod(folder.path + "/real.cf", 0o604) == 0)
    let (status, output) = postmap(
      ["--write", "--migrate", "hash=lmdb", folder.path + "/main.cf"], folder)
    #expect(status == 0, "\(output)")
    #expect(
      output.contains(
        "postmap: warning: database \(table) is older than source file \(folder.path)/a\n"))
    var made = stat()
    try #require(stat(folder.path + "/a.lmdb", &made) == 0)
    #expect(made.st_mode & 0o7777 == 0o640 && made.st_uid == 1234 && made.st_gid == 1235)
    #expect(made.st_mtim.tv_sec == 1_700_000_000)
    var link = stat()
    try #require(lstat(folder.path + "/main.cf", &link) == 0)
    #expect(link.st_mode & S_IFMT == S_IFLNK)
    try #require(stat(folder.path + "/real.cf", &made) == 0)
    #expect(made.st_mode & 0o7777 == 0o604)
    #expect(try text("real.cf", folder).contains("relay_domains = lmdb:"))
  }

  @Test func `refuses what makes no sense`() throws {
    let folder = try folder("", tables: [])
    let main = folder.path + "/main.cf"
    let cases = [
      ("hash=btree", "hash and btree have one file, NAME.db: go through another type"),
      ("hash=hash", "hash is where the tables are"),
      ("cidr=lmdb", "cidr: not a type with files that postmap makes"),
      ("hash", "expected --migrate OLD=NEW, for instance hash=lmdb or hash,btree=lmdb"),
    ]
    for (request, message) in cases {
      #expect(postmap(["--migrate", request, main], folder) == (1, "postmap: fatal: \(message)\n"))
    }
    #expect(postmap(["--migrate", "hash=lmdb", "/nonexistent/main.cf"], folder).0 == 1)
  }

  @Test func `leaves files alone that daemons write, and changes their type`() throws {
    let folder = try folder(
      "address_verify_map = btree:$data_directory/verify_cache\ndata_directory = /nonexistent\n",
      tables: [])
    let (status, output) = postmap(["--migrate", "btree=lmdb", folder.path + "/main.cf"], folder)
    #expect(status == 0)
    #expect(output.contains("lmdb:/nonexistent/verify_cache: made anew by its daemon"))
    #expect(output.contains("+address_verify_map = lmdb:$data_directory/verify_cache\n"))
  }
}
