/// Makes the ``Settings`` of one service: main.cf, then overrides, then defaults; expanded and
/// checked in the order of Postfix's smtpd.
public struct SettingsBuilder {
  /// A `-o name=value` of master.cf or of the command line.
  public struct Override: Hashable, Sendable {
    public let name: String
    public let value: TracedText
    /// Where the name is written.
    public let nameRange: SourceRange?

    public init(name: String, value: TracedText, nameRange: SourceRange?) {
      self.name = name
      self.value = value
      self.nameRange = nameRange
    }

    /// An override that no file has: `-o` of the command line.
    public init(_ name: String, _ value: String) {
      var text = TracedText()
      text.append(Bytes(value), file: "-o", line: 1, column: name.count + 2)
      self.init(
        name: name, value: text,
        nameRange: SourceRange(file: "-o", line: 1, column: 1, length: max(1, name.count)))
    }
  }

  public let mainCF: MainCF
  public let overrides: [Override]
  public let machine: MachineFacts

  /// Reads the file that `myorigin = /path` names.
  public var readFile: (String) -> Result<SourceFile, ConfigReader.Failure> = { path in
    do throws(ConfigReader.Failure) {
      return .success(try ConfigReader.file(path))
    } catch {
      return .failure(error)
    }
  }

  /// Finds the addresses of a host name in `inet_interfaces`.
  public var hostAddresses: (String) -> [IPAddress] = { MachineFacts.addresses(ofHost: $0) }

  public init(mainCF: MainCF, overrides: [Override] = [], environment machine: MachineFacts) {
    self.mainCF = mainCF
    self.overrides = overrides
    self.machine = machine
  }

  /// Reads main.cf of a directory and builds the settings of a service.
  ///
  /// A file that cannot be read is a diagnostic; the settings are then the defaults.
  public static func load(
    directory: String, overrides: [(String, String)] = [], machine: MachineFacts
  ) -> (Settings, [Diagnostic]) {
    var machine = machine
    machine.configDirectory = directory
    let extra = overrides.map { Override($0.0, $0.1) }
    do throws(ConfigReader.Failure) {
      let mainCF = try ConfigReader.mainCF(for: machine)
      return SettingsBuilder(mainCF: mainCF, overrides: extra, environment: machine).build()
    } catch {
      let (settings, diagnostics) =
        SettingsBuilder(mainCF: MainCF(), overrides: extra, environment: machine).build()
      return (settings, [Diagnostic(unreadable: error)] + diagnostics)
    }
  }

  /// Expands and checks everything.
  ///
  /// - Returns: settings in which a value that does not fit is replaced by its default, and what
  ///   was found, in the order in which Postfix would find it.
  public func build() -> (Settings, [Diagnostic]) {
    var evaluation = Evaluation(builder: self)
    evaluation.run()
    return (Settings(entries: evaluation.entries), mainCF.diagnostics + evaluation.diagnostics)
  }
}

extension Diagnostic {
  /// A configuration file cannot be read.
  public init(unreadable failure: ConfigReader.Failure) {
    self.init(
      .error, "unreadable-file", "open \(failure.path): \(failure.reason)",
      logLine: "fatal: open \(failure.path): \(failure.reason)")
  }
}

extension Settings {
  /// Settings for tests: the defaults on a machine `mail.example.com`, and the given values.
  public static func forTesting(_ values: [String: String] = [:]) -> Settings {
    let given = ["compatibility_level": "3.6"].merging(values) { $1 }
    let overrides = given.sorted { $0.key < $1.key }.map { SettingsBuilder.Override($0, $1) }
    return SettingsBuilder(mainCF: MainCF(), overrides: overrides, environment: .example)
      .build().0
  }
}
