import Foundation
import RestrictionDSL
import Testing

/// `smtpd postconf` against the installed postconf(1) of Postfix 3.7.11.
@Suite(.serialized) struct `Parameter listing` {
  /// One run of the installed program.
  struct Run: Hashable {
    var lines: [String]
    var messages: [String]
    var status: Int32
  }

  static func postconf(_ arguments: [String]) throws -> Run {
    let process = Process()
    let path = try #require(
      ["/usr/sbin/postconf", "/usr/bin/postconf"].first(
        where: FileManager.default.isExecutableFile), "postconf is not installed")
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let scratch = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data().write(to: scratch)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: scratch)
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let errors = try String(contentsOf: scratch, encoding: .utf8)
    return Run(
      lines: text.split(separator: "\n").map(String.init),
      messages: errors.split(separator: "\n").map { line in
        // The name under which we call it.
        line.hasPrefix(path) ? "postconf" + line.dropFirst(path.count) : String(line)
      }.sorted(),
      status: process.terminationStatus)
  }

  static func ours(_ arguments: [String]) -> Run {
    var mode = ParameterListing.Mode.effective
    var names: [String] = []
    var directory = ""
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "-c": directory = rest.popFirst() ?? ""
      case "-d": mode = .defaults
      case "-n": mode = .changed
      case "-x": break
      default: names.append(word)
      }
    }
    let output = ParameterListing.list(
      directory: directory, mode: mode, expands: arguments.contains("-x"), names: names,
      machine: .current)
    return Run(lines: output.lines, messages: output.messages.sorted(), status: output.status)
  }

  static func withDirectory<Result>(
    _ main: String, _ master: String, _ body: (String) throws -> Result
  ) throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    for (name, text) in [("main.cf", main), ("master.cf", master)] {
      let url = directory.appending(path: name)
      try text.write(to: url, atomically: true, encoding: .utf8)
      // Postfix reads a file again while it is younger than a second.
      let past = Date(timeIntervalSince1970: 1_500_000_000)
      try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: url.path)
    }
    return try body(directory.path)
  }

  static let master = """
    smtp inet n - n - - smtpd
    smtp unix - - n - - smtp
    local unix - n n - - local
    p unix - n n - - pipe flags=R user=x argv=/bin/x $sender
    discard unix - n n - - discard
    policy unix - n n - 0 spawn user=x argv=y

    """

  /// Names whose value differs between two processes.
  static let processDependent: Set<String> = ["process_id"]

  static func names(_ lines: [String]) -> [String: String] {
    Dictionary(
      lines.map { line in
        let parts = line.split(separator: " ", maxSplits: 1)
        return (String(parts[0]), line)
      }, uniquingKeysWith: { first, _ in first })
  }

  @Test(arguments: [["-d"], [], ["-x"], ["-d", "-x"]])
  func `of everything is that of Postfix`(options: [String]) throws {
    try Self.withDirectory("", Self.master) { directory in
      let arguments = ["-c", directory] + options
      let theirs = try Self.postconf(arguments)
      let ours = Self.ours(arguments)
      #expect(theirs.lines.count > 800)
      let known = Self.names(ours.lines)
      for (name, line) in Self.names(theirs.lines)
      where !Self.processDependent.contains(name) {
        #expect(known[name] == line)
      }
      // What 3.7.11 does not know, newer versions do, or only this server.
      let theirNames = Self.names(theirs.lines)
      let surplus = known.keys.filter { theirNames[$0] == nil }
      #expect(surplus.allSatisfy { ParameterCatalog.parameter($0)?.era != .current })
      #expect(ours.messages == theirs.messages)
      #expect(ours.status == theirs.status)
    }
  }

  static let configurations: [String] = [
    "",
    "foo = bar\nmyhostname=a.example\nmydest=$myhostname\nmydestination = $mydest $undefd\n",
    "smtpd_restriction_classes = a, b\na = reject\nb=permit\nc=x\nd=y\n",
    "virtual_maps=x\nfallback_relay=q\nsmtpd_per_record_deadline=yes\n_x=1\nno_such=1\n",
    "a=$b\nb=$a\nmyorigin=$a\n",
    "a=$$b\nmyorigin=$a ${n?{x $q}:{y $r}} ${s:$t} ${{$u} == {$v} ? {w} : {$w}}\n",
    "nothing\n", "= x\n",
    "myorigin =   a   b \n   c\n\n# x\n  d\n",
    "p_destination_recipient_limit=1\nsmtp_time_limit=3\nbar_time_limit=4\np_time_limit=5\n",
    "policy_time_limit = 7\npolicy_recipient_limit = 8\ndiscard_recipient_limit = 9\n",
    "alias_maps=mysql:my1 ldap:ld1 pgsql:pg1, proxy:mysql:my2 memcache:mc1 mysql:/etc/none\n"
      + "my1_hosts=x\nmy1_foo=x\nld1_server_host=x\npg1_dbname=z\nmy2_hosts=y\nmc1_memcache=1\n",
    "x=1\nx=2\nmyorigin=a\nmyorigin=b\n",
    "config_directory=/foo\nprocess_name=x\nprocess_id=3\nmail_version=1\n",
    "compatibility_level=x\n", "compatibility_level=3.6\n",
    "inet_interfaces=nohost.invalid\n", "inet_interfaces=nohost.invalid\nmynetworks=127.0.0.1\n",
    "inet_protocols=foo\n", "mynetworks_style=foo\n", "mydomain=x.y\n", "myhostname=x.y.z\n",
    "myhostname=$foo.example.org\nfoo=bar\n", "syslog_name=x/$service_name\n",
    "a=$b\nb=1\n", "a=$zzz\n", "a=$b\nb=$c\nc=$d\nmyorigin=$c\n", "myorigin=$c ${e\n", "x=$c ${e\n",
    "default_rbl_reply = $rbl_code $foo\nsmtpd_reject_footer = $q\nmailbox_command = $HOME\n",
    "mynetworks=a,b,  c\t d\nsmtpd_helo_required=foo\nsmtpd_timeout=5x\nsmtpd_banner=\n",
    "myorigin=/etc/mailname\n", "myorigin=$q $q\nrelayhost=$q\n",
    "  leading = x\nmyorigin = a\n", "myorigin = ${mydomain.x}\n",
  ]

  @Test(arguments: configurations, [["-n"], ["-x", "mydestination", "foo", "myorigin"]])
  func `of a configuration is that of Postfix`(main: String, options: [String]) throws {
    try Self.withDirectory(main, Self.master) { directory in
      let arguments = ["-c", directory] + options
      let theirs = try Self.postconf(arguments)
      #expect(Self.ours(arguments) == theirs)
    }
  }

  static let masters: [String] = [
    "smtp inet n - n - - smtpd -o x=$c -o { smtpd_banner = $d $q }\n",
    "smtps inet n - n - - smtpd\n -o syslog_name=postfix/$service_name -o foo=$smtpd_banner\n"
      + " -o bar=${baz?a}\n -v -o qq\n",
    "a inet n - n - - smtpd -o y=1 -o z=$y -o smtpd_banner=$y$nn$nn\n",
    "smtp inet n - n - - smtpd\n x\nsmtp inet bad\n", "smtp inet x - - - - smtpd\n",
    "smtp foo n - - - - smtpd\n", "smtp inet n - - x - smtpd\n", "smtp inet n - - - x smtpd\n",
    "  x\nsmtp inet n - - - - smtpd\n", "x pass - Y N - - smtpd\n",
  ]

  @Test(arguments: masters, [["-n"], ["-d", "relayhost"]])
  func `heeds master.cf as Postfix does`(master: String, options: [String]) throws {
    try Self.withDirectory("c=x\nd=y\n", master) { directory in
      let arguments = ["-c", directory] + options
      let theirs = try Self.postconf(arguments)
      #expect(Self.ours(arguments) == theirs)
    }
  }

  @Test func `reports missing files as Postfix does`() throws {
    try Self.withDirectory("myorigin=a\n", "") { directory in
      for name in ["master.cf", "main.cf"] {
        try FileManager.default.removeItem(atPath: "\(directory)/\(name)")
        for options in [["-n"], ["-d", "myorigin"]] {
          let arguments = ["-c", directory] + options
          let theirs = try Self.postconf(arguments)
          #expect(Self.ours(arguments) == theirs)
        }
      }
    }
  }

  // The settings of the first parameters of a list of values, all at once: one run of postconf.
  @Test func `expands generated values as Postfix does`() throws {
    var random = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: .min ... .max, using: &random)
    print("seed \(seed)")
    var generator = Generator(state: seed)
    let values = (0..<300).map { _ in generator.value(depth: 3) }
    let names = (0..<values.count).map { "v\($0)" }
    var main = "a = A\nn =\nn2 = $n\nlv = 3.6\nten = 10\n"
    main += zip(names, values).map { "\($0) = [\($1)]\n" }.joined()
    main += "virtual_alias_maps = \(names.map { "$\($0)" }.joined(separator: " ")) $a$n$n2$lv$ten\n"
    try Self.withDirectory(main, Self.master) { directory in
      let arguments = ["-c", directory, "-x"] + names
      let theirs = try Self.postconf(arguments)
      #expect(theirs.status == 0)
      #expect(theirs.lines.count == values.count)
      #expect(Self.ours(arguments).lines == theirs.lines)
      // The values are not all alike.
      #expect(Set(theirs.lines.map { $0.split(separator: "=", maxSplits: 1)[1] }).count > 50)
    }
  }

  /// Well-formed values.
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }

    mutating func pick(_ choices: [String]) -> String {
      choices[Int.random(in: 0..<choices.count, using: &self)]
    }

    mutating func value(depth: Int) -> String {
      let count = Int.random(in: 0...3, using: &self)
      return (0..<count).map { _ in piece(depth: depth) }.joined(separator: pick(["", " ", "."]))
    }

    private mutating func piece(depth: Int) -> String {
      let name = pick(["a", "n", "n2", "ten", "undefined_name"])
      guard depth > 0 else { return pick(["x", "$\(name)", "${\(name)}", "$$", "7", "0x1"]) }
      let blank = pick(["", " "])
      switch Int.random(in: 0..<7, using: &self) {
      case 0: return "$(\(name))"
      case 1: return "${\(name)?{\(value(depth: depth - 1))}\(blank):\(blank){\(value(depth: 0))}}"
      case 2: return "${\(name)\(blank)?\(blank){\(value(depth: depth - 1))}}"
      case 3: return "${\(name):{\(value(depth: depth - 1))}\(blank)}"
      case 4:
        let symbol = pick(["==", "!=", "<", "<=", ">", ">="])
        return "${{\(value(depth: depth - 1))}\(blank)\(symbol)\(blank){\(value(depth: 0))}"
          + "\(blank)?\(blank){\(value(depth: 0))} : {y}}"
      case 5:
        let levels = (pick(["3", "3.6", "$lv", "3.10"]), pick(["3.6", "2.99.1", "$lv"]))
        return "${{\(levels.0)} \(pick(["<", ">="]))level {\(levels.1)}?{l}:{m}}"
      default: return pick(["text", "$\(name)", "${ \(name) }"])
      }
    }
  }
}
