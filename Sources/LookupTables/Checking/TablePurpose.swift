import RestrictionDSL

/// What a table is for: this decides which keys are ever asked for and what a value may say.
public enum TablePurpose: String, CaseIterable, Sendable {
  case access, virtual, canonical, generic, relocated, transport, aliases

  /// The judge of one entry at a time.
  func judge(_ settings: Settings) -> any EntryJudge {
    switch self {
    case .access: AccessEntries(settings: settings)
    case .virtual: VirtualEntries()
    case .canonical, .generic: SingleAddressEntries()
    case .relocated: RelocatedEntries()
    case .transport: TransportEntries(settings: settings)
    case .aliases: AliasEntries()
    }
  }
}

/// What one kind of table asks of its entries.
protocol EntryJudge {
  /// Why no lookup ever asks for the key; `nil` where one may.
  ///
  /// - Parameter key: folded
  func unreachable(_ key: String) -> KeyProblem?

  /// What is wrong with the value.
  func problems(_ entry: CheckedEntry) -> [Diagnostic]
}

/// Why a key is never found.
struct KeyProblem {
  let reason: String
  var help: String?
}
