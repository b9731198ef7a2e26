import RestrictionDSL

/// One kind of mistake that shows only in the configuration as a whole.
public protocol ConfigurationRule: LintRuleIdentity {
  /// What is wrong.
  func findings(in configuration: LintedConfiguration) -> [Diagnostic]
}

/// main.cf and the services of master.cf as lint rules see them.
public struct LintedConfiguration: Sendable {
  public let mainCF: MainCF
  public let services: [LintedService]
  /// Values given with `-o`, for the names that they refer to: parameter and text.
  public let overrides: [(parameter: String, value: TracedText)]
  public let masterCF: SourceFile?

  public init(
    mainCF: MainCF, services: [LintedService],
    overrides: [(parameter: String, value: TracedText)] = [], masterCF: SourceFile? = nil
  ) {
    self.mainCF = mainCF
    self.services = services
    self.overrides = overrides
    self.masterCF = masterCF
  }

  /// Files that remarks may stand in.
  public var files: [SourceFile] { mainCF.files + (masterCF.map { [$0] } ?? []) }

  /// A `$name` in a value.
  struct NamedReference {
    let name: String
    let parameter: String
    let range: SourceRange?
  }

  /// Every `$name` of main.cf and of the overrides.
  var namedReferences: [NamedReference] {
    let values = mainCF.entries.map { (parameter: $0.name, value: $0.value) } + overrides
    return values.flatMap { parameter, value in
      LintedConfiguration.references(in: value.bytes).map { name, range in
        NamedReference(name: name, parameter: parameter, range: value.range(of: range))
      }
    }
  }

  /// Names that some value refers to.
  var references: Set<String> { Set(namedReferences.map(\.name)) }

  /// Names of smtpd_restriction_classes of any service.
  var classNames: Set<String> {
    Set(services.flatMap { $0.settings.list("smtpd_restriction_classes") })
  }

  /// Names of LDAP and SQL tables whose parameters stand in main.cf: `ldap:accounts` reads
  /// `accounts_*`.
  var tablePrefixes: Set<String> {
    let types = ["ldap", "mysql", "pgsql", "sqlite", "memcache"]
    var names: Set<String> = []
    for entry in mainCF.entries {
      for word in Settings.split(entry.value.text) {
        for part in word.split(separator: ":").indices {
          let parts = word.split(separator: ":")
          guard part + 1 < parts.count, types.contains(String(parts[part])) else { continue }
          names.insert(String(parts[part + 1]))
        }
      }
    }
    return names.filter { !$0.hasPrefix("/") }
  }

  /// `$name`, `${name…` and `$(name…` with their places; `$$` is a dollar.
  static func references(in bytes: Bytes) -> [(name: String, range: Range<Int>)] {
    var found: [(name: String, range: Range<Int>)] = []
    var index = 0
    while let dollar = bytes[index...].firstIndex(of: 0x24) {
      var start = dollar + 1
      index = start
      guard start < bytes.count else { break }
      if bytes[start] == 0x24 {
        index += 1
        continue
      }
      if bytes[start] == 0x7B || bytes[start] == 0x28 { start += 1 }
      let name = bytes[start...].prefix { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x5F }
      guard !name.isEmpty else { continue }
      found.append((name.text, dollar..<name.endIndex))
      index = name.endIndex
    }
    return found
  }
}
