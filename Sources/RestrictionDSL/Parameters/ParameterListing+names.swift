extension ParameterListing {
  /// Every name that can be listed, sorted as bytes.
  var allNames: [String] {
    (Array(defaults.keys) + userDefined).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  func isKnown(_ name: String) -> Bool {
    defaults[name] != nil || userDefined.contains(name)
  }

  mutating func warnAboutReadOnly() {
    for name in ParameterListing.readOnly {
      guard let value = mainCF.value(name) else { continue }
      messages.append(
        "warning: \(directory)/main.cf: read-only parameter assignment: \(name)=\(value.text)")
    }
  }

  /// Finds the names that values refer to.
  mutating func scanNames() {
    for name in mainCF.names where !ParameterListing.raw.contains(name) {
      guard let value = mainCF.value(name) else { continue }
      scan(value, in: "main.cf", local: [])
    }
    for (name, text) in defaults where mainCF.value(name) == nil {
      if text.utf8.contains(0x24) && !ParameterListing.raw.contains(name) {
        scan(TracedText(text), in: nil, local: [])
      }
    }
    for name in Settings.split(mainCF.value("smtpd_restriction_classes")?.text ?? "") {
      noteUse(name)
    }
    for service in masterCF?.services ?? [] {
      let local = Set(service.overrides.map(\.name))
      for override in service.overrides where !ParameterListing.raw.contains(override.name) {
        scan(override.value, in: "master.cf", local: local)
      }
    }
    scanTables()
    for old in ["smtpd_sasl_application_name"] { noteUse(old) }
  }

  /// - Parameter file: where a name that nothing defines is reported; `nil` for defaults.
  private mutating func scan(_ text: TracedText, in file: String?, local: Set<String>) {
    var found: [String] = []
    var failure: Expansion.Failure?
    do throws(Expansion.Failure) {
      var expansion = Expansion(lookup: { _ in nil })
      expansion.visit = { found.append($0) }
      _ = try expansion.expand(text, of: "")
    } catch {
      failure = error
    }
    for name in found {
      if noteUse(name) || local.contains(name) { continue }
      if let file {
        messages.append("warning: \(directory)/\(file): undefined parameter: \(name)")
      }
    }
    if let failure, file != nil { messages += failure.messages.map { "warning: \($0)" } }
  }

  /// - Returns: whether the name is defined.
  @discardableResult
  private mutating func noteUse(_ name: String) -> Bool {
    if defaults[name] != nil { return true }
    guard mainCF.value(name) != nil else { return false }
    userDefined.insert(name)
    return true
  }

  /// The settings of database tables that are in main.cf.
  private mutating func scanTables() {
    for name in mainCF.names {
      for word in Settings.split(mainCF.value(name)?.text ?? "") {
        let parts = word.split(separator: ":", maxSplits: 2).map(String.init)
        let table = parts.first == "proxy" ? Array(parts.dropFirst()) : parts
        guard table.count == 2 else { continue }
        let suffixes = TransportParameters.tableSuffixes(table[0])
        guard table[1].hasPrefix("/") || table[1].hasPrefix(".") else {
          for suffix in suffixes { noteUse("\(table[1])_\(suffix)") }
          continue
        }
        if !suffixes.isEmpty { checkReadable(table[1], type: table[0]) }
      }
    }
  }

  private mutating func checkReadable(_ path: String, type: String) {
    do throws(ConfigReader.Failure) {
      _ = try ConfigReader.file(path)
    } catch {
      messages.append("warning: open \"\(type)\" configuration \"\(path)\": \(error.reason)")
    }
  }

  /// A value in use that cannot be expanded stops the program.
  func checkExpansion() throws(Fatal) {
    let used = mainCF.names.filter { isKnown($0) && !ParameterListing.raw.contains($0) }
    for name in used where defaults[name] != nil { _ = try expanded(name) }
    for name in used where defaults[name] == nil { _ = try expanded(name) }
    for name in defaults.keys.sorted() where !ParameterListing.raw.contains(name) {
      _ = try expanded(name)
    }
  }

  mutating func warnAboutUnused() {
    for name in mainCF.names where !isKnown(name) {
      let value = mainCF.value(name)?.text ?? ""
      messages.append("warning: \(directory)/main.cf: unused parameter: \(name)=\(value)")
    }
    for service in masterCF?.services ?? [] {
      var used: Set<String> = []
      for override in service.overrides {
        var expansion = Expansion(lookup: { _ in nil })
        expansion.visit = { used.insert($0) }
        _ = try? expansion.expand(override.value, of: "")
      }
      for override in service.overrides {
        if isKnown(override.name) || used.contains(override.name) { continue }
        messages.append(
          "warning: \(directory)/master.cf: unused parameter: "
            + "\(override.name)=\(override.value.text)")
      }
    }
  }
}
