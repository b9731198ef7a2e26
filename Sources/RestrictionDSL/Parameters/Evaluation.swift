/// One run of ``SettingsBuilder``: the dictionary of names as it grows, and what comes out.
///
/// As in Postfix, a default becomes visible to `$name` once the parameter was read.
struct Evaluation {
  let builder: SettingsBuilder
  var entries: [String: Settings.Entry] = [:]
  var diagnostics: [Diagnostic] = []

  /// Values as written, and evaluated defaults.
  private(set) var dictionary: [String: TracedText] = [:]
  private(set) var nameRanges: [String: SourceRange] = [:]
  /// `nil` until `inet_interfaces` was looked at.
  var addresses: OwnInterfaces?

  init(builder: SettingsBuilder) {
    self.builder = builder
    for entry in builder.mainCF.entries {
      dictionary[entry.name] = entry.value
      nameRanges[entry.name] = entry.nameRange
    }
    for override in builder.overrides {
      dictionary[override.name] = override.value
      nameRanges[override.name] =
        override.nameRange ?? SourceRange(file: "-o", line: 1, column: 1)
    }
    let machine = builder.machine
    let defaults = [
      "config_directory": machine.configDirectory, "process_name": machine.processName,
    ]
    for (name, value) in defaults where dictionary[name] == nil {
      dictionary[name] = TracedText(value)
    }
    // These are set when main.cf was read, which cannot change them (observed with Postfix 3.7.11).
    for (name, value) in [
      ("process_id", String(machine.processID)), ("service_name", machine.serviceName),
    ] {
      dictionary[name] = TracedText(value)
      guard let range = nameRanges[name] else { continue }
      diagnostics.append(
        Diagnostic(
          .warning, "unhonoured-parameter",
          "parameter '\(name)' is not honoured: every program sets it itself", at: range))
    }
  }

  mutating func run() {
    for name in EvaluationOrder.smtpd {
      checkBefore(name)
      if let parameter = ParameterCatalog.parameter(name) {
        evaluate(parameter)
      } else if dictionary[name] == nil, let text = KnownParameter.defaultText(of: name) {
        dictionary[name] = TracedText(text)
      }
      checkAfter(name)
    }
    checkAtStart()
    // What other programs of Postfix read, each in an order of its own: their mistakes are found
    // after ours, and their defaults may refer to each other.
    let others = ParameterCatalog.all.filter { parameter in
      let isAbsent = parameter.era == .legacy && dictionary[parameter.name] == nil
      return entries[parameter.name] == nil && !isAbsent
    }
    for parameter in others where dictionary[parameter.name] == nil {
      dictionary[parameter.name] = TracedText(defaultText(parameter))
    }
    for parameter in others { evaluate(parameter) }
    for name in dictionary.keys.sorted() where entries[name] == nil { evaluateOther(name) }
    applySynonyms()
  }

  /// Reads one parameter of the catalogue.
  private mutating func evaluate(_ parameter: Parameter) {
    let name = parameter.name
    let isSet = nameRanges[name] != nil
    let written = dictionary[name] ?? TracedText(defaultText(parameter))
    var text = written
    if parameter.kind != .raw {
      do throws(Expansion.Failure) {
        text = try expanded(written, of: name)
      } catch {
        report(error, of: name)
        storeFallback(parameter, isSet: isSet)
        return
      }
    }
    do throws(ParameterCheck.Failure) {
      let value = try ParameterCheck.normalised(text.bytes, parameter)
      store(name, value, text, isSet: isSet)
    } catch {
      report(error, of: name, text)
      storeFallback(parameter, isSet: isSet)
    }
    if !isSet { dictionary[name] = entries[name]?.text ?? text }
  }

  /// A name that is no parameter of ours: a class, a list, a variable.
  private mutating func evaluateOther(_ name: String) {
    guard let written = dictionary[name] else { return }
    do throws(Expansion.Failure) {
      let text = try expanded(written, of: name)
      store(name, text.text, text, isSet: nameRanges[name] != nil)
    } catch {
      // Postfix expands it only where something refers to it, and was reported then.
      store(name, written.text, written, isSet: nameRanges[name] != nil)
      diagnostics.append(
        Diagnostic(
          .warning, "macro-syntax", error.messages.first ?? error.fatalLine, at: error.range,
          notes: error.via.reversed().map(\.note)))
    }
  }

  private func expanded(_ text: TracedText, of name: String) throws(Expansion.Failure)
    -> TracedText
  {
    let known = dictionary
    return try Expansion(lookup: { known[$0] }).expand(text, of: name)
  }

  /// A value that stops Postfix.
  mutating func report(_ failure: ParameterCheck.Failure, of name: String, _ text: TracedText) {
    diagnostics.append(
      Diagnostic(
        .error, "bad-parameter-value", failure.message, at: text.whole ?? nameRanges[name],
        notes: text.references(at: 0).reversed().map(\.note), logLine: failure.logLine))
  }

  mutating func store(_ name: String, _ value: String, _ text: TracedText, isSet: Bool) {
    var range: SourceRange?
    if isSet {
      let written = dictionary[name] ?? TracedText()
      range = written.range(of: 0..<written.bytes.count) ?? nameRanges[name]
    }
    entries[name] = Settings.Entry(value: value, range: range, text: text)
  }

  /// Takes the default for a value that cannot be used.
  mutating func storeFallback(_ parameter: Parameter, isSet: Bool) {
    let text = (try? fallback(parameter)) ?? TracedText()
    let value = (try? ParameterCheck.normalised(text.bytes, parameter)) ?? ""
    store(parameter.name, value, text, isSet: isSet)
    // One mistake, one report: what refers to the name sees the default.
    dictionary[parameter.name] = text
  }

  private func fallback(_ parameter: Parameter) throws(Expansion.Failure) -> TracedText {
    let text = TracedText(defaultText(parameter))
    guard parameter.kind != .raw else { return text }
    return try expanded(text, of: parameter.name)
  }

  /// A macro that cannot be expanded stops Postfix.
  private mutating func report(_ failure: Expansion.Failure, of name: String) {
    let lines = failure.messages.map { "warning: \($0)" } + [failure.fatalLine]
    let message = failure.messages.first ?? failure.fatalLine
    diagnostics.append(
      Diagnostic(
        .error, "macro-syntax", message, at: failure.range ?? nameRanges[name],
        notes: failure.via.reversed().map(\.note), logLine: lines.joined(separator: "\n")))
  }

  /// Makes a value visible to `$name`.
  mutating func define(_ name: String, _ text: TracedText) { dictionary[name] = text }

  /// The default of a parameter, where needed from the machine.
  private func defaultText(_ parameter: Parameter) -> String {
    if let text = parameter.defaultText { return text }
    switch parameter.name {
    case "myhostname": return HostDefaults.myhostname(builder.machine, mydomain: mydomain)
    case "mydomain": return HostDefaults.mydomain(entries["myhostname"]?.value ?? "")
    case "mynetworks": return mynetworks
    default: return ""
    }
  }

  /// `mydomain` as main.cf sets it.
  private var mydomain: String? {
    guard let written = dictionary["mydomain"] else { return nil }
    return (try? expanded(written, of: "mydomain"))?.text
  }

  private var mynetworks: String {
    OwnInterfaces.networks(
      addresses?.own ?? [], style: entries["mynetworks_style"]?.value ?? "host")
  }

  /// Old names that Postfix 3.7 does not look up: where set, they stand in for their successor.
  private mutating func applySynonyms() {
    for (old, new) in ParameterCatalog.synonyms.sorted(by: { $0.key < $1.key }) {
      guard nameRanges[old] != nil else { continue }
      if nameRanges[new] == nil, old == "smtpd_sasl_application_name", let entry = entries[old] {
        entries[new] = entry
      }
      diagnostics.append(
        Diagnostic(
          .info, "renamed-parameter", "'\(old)' is called '\(new)' now", at: nameRanges[old],
          help: "write '\(new)'"))
    }
  }
}
