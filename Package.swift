// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "smtpd-swift",
  products: [
    .executable(name: "smtpd", targets: ["smtpd"]),
    .executable(name: "postmap-swift", targets: ["postmap-swift"]),
  ],
  traits: [
    .default(enabledTraits: ["BerkeleyDB"]),
    .trait(
      name: "BerkeleyDB",
      description:
        "writes table types hash and btree (Debian: libdb-dev); without it they are read only"),
    .trait(name: "PostgreSQL", description: "table type pgsql (Debian: libpq-dev)"),
    .trait(name: "MySQL", description: "table type mysql (Debian: libmariadb-dev)"),
    .trait(name: "LDAP", description: "table type ldap (Debian: libldap-dev)"),
    .trait(name: "Redis", description: "table type redis, which Postfix 3.7 does not have"),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // System libraries, one shim each (Debian: libdb-dev liblmdb-dev libcdb-dev libpcre2-dev
    // libsqlite3-dev libc-ares-dev; libpq-dev, libmariadb-dev and libldap-dev for the traits).
    .systemLibrary(name: "CBerkeleyDB", path: "Sources/CBerkeleyDB"),
    .systemLibrary(name: "CLMDB", path: "Sources/CLMDB"),
    .systemLibrary(name: "CCDB", path: "Sources/CCDB"),
    .systemLibrary(name: "CPCRE2", path: "Sources/CPCRE2", pkgConfig: "libpcre2-8"),
    .systemLibrary(name: "CCares", path: "Sources/CCares", pkgConfig: "libcares"),
    .systemLibrary(name: "CSQLite", path: "Sources/CSQLite"),
    .systemLibrary(name: "CPostgreSQL", path: "Sources/CPostgreSQL"),
    .systemLibrary(name: "CMySQL", path: "Sources/CMySQL"),
    .systemLibrary(name: "CLDAP", path: "Sources/CLDAP"),
    .systemLibrary(name: "CSystem", path: "Sources/CSystem"),

    .target(name: "RestrictionDSL"),
    .target(
      name: "LookupTables",
      dependencies: [
        "RestrictionDSL", "CLMDB", "CCDB", "CPCRE2", "CSQLite", "CSystem",
        .target(name: "CBerkeleyDB", condition: .when(traits: ["BerkeleyDB"])),
        .target(name: "CPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
        .target(name: "CMySQL", condition: .when(traits: ["MySQL"])),
        .target(name: "CLDAP", condition: .when(traits: ["LDAP"])),
      ]),
    .target(name: "Compiler", dependencies: ["RestrictionDSL"]),
    .target(
      name: "Runtime",
      dependencies: ["RestrictionDSL", "LookupTables", "Compiler", "CCares", "CSystem"]),
    .target(
      name: "Analysis", dependencies: ["RestrictionDSL", "LookupTables", "Compiler", "Runtime"]),
    .executableTarget(
      name: "smtpd",
      dependencies: [
        "RestrictionDSL", "LookupTables", "Compiler", "Runtime", "Analysis", "CSystem",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "postmap-swift", dependencies: ["RestrictionDSL", "LookupTables", "CSystem"]),

    .target(name: "TestSupport", dependencies: ["RestrictionDSL"], path: "Tests/TestSupport"),
    // What the fuzzer feeds; a library, so that the tests replay the corpus without a fuzzer.
    .target(
      name: "FuzzTargets",
      dependencies: ["RestrictionDSL", "LookupTables", "Compiler", "Runtime", "CSystem"],
      path: "Fuzz/Targets"),
    // Killed, and starved of disk space, by the tests of the queue writer.
    .executableTarget(
      name: "queue-load", dependencies: ["RestrictionDSL", "LookupTables", "Runtime"],
      path: "Tests/Helpers/queue-load"),
    // Generated policies and sessions, and the attacks on proofs and comparisons that they make.
    .target(
      name: "PolicySamples",
      dependencies: ["Analysis", "Runtime", "Compiler", "RestrictionDSL", "TestSupport"],
      path: "Tests/PolicySamples"),
    // The same attacks at full length (`make prove-attack`).
    .executableTarget(
      name: "analysis-attack", dependencies: ["PolicySamples", "Analysis", "TestSupport"],
      path: "Tests/Helpers/analysis-attack"),
    .testTarget(name: "RestrictionDSLTests", dependencies: ["RestrictionDSL", "TestSupport"]),
    .testTarget(
      name: "LookupTablesTests",
      dependencies: ["LookupTables", "RestrictionDSL", "TestSupport", "CLMDB"]),
    .testTarget(
      name: "CompilerTests", dependencies: ["Compiler", "RestrictionDSL", "TestSupport"]),
    .testTarget(
      name: "RuntimeTests",
      dependencies: [
        "Runtime", "Compiler", "LookupTables", "RestrictionDSL", "TestSupport", "queue-load",
      ],
      exclude: ["Queue/recorded.jsonl"]),
    .testTarget(
      name: "AnalysisTests",
      dependencies: [
        "Analysis", "Runtime", "Compiler", "LookupTables", "RestrictionDSL", "TestSupport",
        "PolicySamples",
      ]),
    .testTarget(
      name: "GrammarTests", dependencies: ["RestrictionDSL", "LookupTables", "TestSupport"]),
    .testTarget(
      name: "PropertyTests",
      dependencies: [
        "Runtime", "Compiler", "LookupTables", "RestrictionDSL", "TestSupport", "FuzzTargets",
      ]),
    .testTarget(
      name: "IntegrationTests",
      dependencies: ["Runtime", "Compiler", "LookupTables", "RestrictionDSL", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)

// libFuzzer brings its own main: this program exists only while Scripts/fuzz builds.
if Context.environment["FUZZ"] != nil {
  package.targets.append(
    .executableTarget(name: "fuzz", dependencies: ["FuzzTargets"], path: "Fuzz/Driver"))
}

for target in package.targets where target.type != .system {
  var flags: [SwiftSetting] = [
    // A warning that stays is a warning nobody reads.
    .treatAllWarnings(as: .error),
    // Deprecations may come with a new toolchain, not with our change: they do not break the build.
    .treatWarning("DeprecatedDeclaration", as: .warning),
  ]
  // Cross-module inlining of the byte helpers on the per-command path. Exclusive access is what the
  // compiler proves and debug builds check; checking class properties at run time as well was a fifth
  // of the instructions per message.
  flags.append(
    .unsafeFlags(
      ["-cross-module-optimization", "-enforce-exclusivity=unchecked"],
      .when(configuration: .release)))
  target.swiftSettings = (target.swiftSettings ?? []) + flags
}
