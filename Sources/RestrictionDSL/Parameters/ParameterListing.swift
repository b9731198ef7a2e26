/// What `postconf` prints: parameters by name, and warnings about names that nothing uses.
///
/// - Source: postconf(1); order, texts and exit status observed with Postfix 3.7.11
public struct ParameterListing {
  public enum Mode: Hashable, Sendable {
    /// Every parameter with the value in use.
    case effective
    /// `-d`: defaults; main.cf is not read.
    case defaults
    /// `-n`: parameters that main.cf sets.
    case changed
  }

  /// What goes to the two outputs, and the exit status.
  public struct Output: Hashable, Sendable {
    public var lines: [String] = []
    public var messages: [String] = []
    public var status: Int32 = 0
  }

  /// The program stops with this message.
  struct Fatal: Error { let messages: [String] }

  let directory: String
  let mode: Mode
  let expands: Bool
  let machine: MachineFacts
  let mainCF: MainCF
  let masterCF: MasterCF?
  var messages: [String] = []

  /// Defaults by name: the catalogue, other programs, delivery services, and what is computed.
  var defaults: [String: String] = [:]
  /// Names of main.cf that are neither built in nor unused.
  var userDefined: Set<String> = []

  /// Text that other programs expand by themselves, when they use it.
  static let raw: Set<String> = [
    "command_execution_directory", "default_rbl_reply", "forward_path", "luser_relay",
    "mailbox_command", "postscreen_expansion_filter", "postscreen_reject_footer", "process_id",
    "process_name", "service_name", "smtpd_expansion_filter", "smtpd_reject_footer",
  ]
  static let readOnly = ["process_id", "process_name", "service_name"]

  /// Reads the configuration and lists parameters.
  ///
  /// - Parameter names: all where empty.
  public static func list(
    directory: String, mode: Mode = .effective, expands: Bool = false, names: [String] = [],
    machine: MachineFacts
  ) -> Output {
    var output = Output()
    do throws(Fatal) {
      var listing = try ParameterListing(
        directory: directory, mode: mode, expands: expands, machine: machine)
      do throws(Fatal) {
        output.lines = try listing.run(names)
        output.messages = listing.messages
      } catch {
        output.messages = listing.messages + error.messages
        output.status = 1
      }
    } catch {
      output.messages = error.messages
      output.status = 1
    }
    output.messages = output.messages.map { "postconf: \($0)" }
    return output
  }

  private init(directory: String, mode: Mode, expands: Bool, machine: MachineFacts)
    throws(Fatal)
  {
    self.directory = directory
    self.mode = mode
    self.expands = expands
    self.machine = machine
    var messages: [String] = []
    mainCF = mode == .defaults ? MainCF() : try ParameterListing.mainCF(directory, &messages)
    masterCF = try ParameterListing.masterCF(directory, &messages)
    self.messages = messages
  }

  private static func mainCF(_ directory: String, _ messages: inout [String]) throws(Fatal)
    -> MainCF
  {
    let mainCF: MainCF
    do throws(ConfigReader.Failure) {
      mainCF = try ConfigReader.mainCF(directory: directory)
    } catch {
      throw Fatal(messages: ["fatal: open \(error.path): \(error.reason)"])
    }
    for diagnostic in mainCF.diagnostics {
      messages += diagnostic.logLines
      if diagnostic.isFatal { throw Fatal(messages: messages) }
    }
    return mainCF
  }

  private static func masterCF(_ directory: String, _ messages: inout [String]) throws(Fatal)
    -> MasterCF?
  {
    let masterCF: MasterCF
    do throws(ConfigReader.Failure) {
      masterCF = try ConfigReader.masterCF(directory: directory)
    } catch {
      messages.append("warning: open \(error.path): \(error.reason)")
      return nil
    }
    messages += LogicalLines(masterCF.file).diagnostics.flatMap(\.logLines)
    if let mistake = firstMistake(in: masterCF.file) {
      throw Fatal(messages: messages + ["fatal: \(mistake)"])
    }
    return masterCF
  }

  private mutating func run(_ names: [String]) throws(Fatal) -> [String] {
    try collectDefaults()
    if mode != .defaults {
      warnAboutReadOnly()
      scanNames()
      try checkExpansion()
    }
    var lines: [String] = []
    for name in names.isEmpty ? allNames : names {
      guard isKnown(name) else {
        messages.append("warning: \(name): unknown parameter")
        continue
      }
      if let value = try value(name) { lines.append(ParameterListing.line(name, value)) }
    }
    if mode != .defaults { warnAboutUnused() }
    return lines
  }

  // MARK: Values

  private mutating func collectDefaults() throws(Fatal) {
    for parameter in ParameterCatalog.all where parameter.era != .legacy {
      defaults[parameter.name] = parameter.defaultText ?? ""
    }
    for parameter in KnownParameter.all {
      if let text = parameter.defaultText { defaults[parameter.name] = text }
    }
    if let masterCF {
      defaults.merge(TransportParameters.parameters(of: masterCF)) { builtIn, _ in builtIn }
    }
    defaults["config_directory"] = mode == .defaults ? "/etc/postfix" : directory
    defaults["process_name"] = "postconf"
    defaults["process_id"] = String(machine.processID)
    if mainCF.value("myhostname") == nil {
      let mydomain = try mainCF.value("mydomain").map { _ throws(Fatal) in
        try expanded("mydomain")
      }
      defaults["myhostname"] = HostDefaults.myhostname(machine, mydomain: mydomain)
    }
    if mainCF.value("mydomain") == nil {
      defaults["mydomain"] = HostDefaults.mydomain(try expanded("myhostname"))
    }
    if mainCF.value("mynetworks") == nil { defaults["mynetworks"] = try mynetworks() }
  }

  private func mynetworks() throws(Fatal) -> String {
    let protocols = try expanded("inet_protocols")
    let interfaces = try expanded("inet_interfaces")
    let style = try expanded("mynetworks_style")
    do throws(ParameterCheck.Failure) {
      if let problem = OwnInterfaces.protocolProblem(protocols) { throw problem }
      let own = try OwnInterfaces(
        interfaces, machine: machine, protocols: OwnInterfaces.protocols(protocols),
        resolve: { MachineFacts.addresses(ofHost: $0) })
      guard OwnInterfaces.styles.contains(style) else {
        throw OwnInterfaces.unknownStyle(style)
      }
      return OwnInterfaces.networks(own.own, style: style)
    } catch {
      throw Fatal(messages: ["fatal: \(error.fatal)"])
    }
  }

  private func text(_ name: String) -> TracedText? {
    mainCF.value(name) ?? defaults[name].map(TracedText.init)
  }

  func expanded(_ name: String) throws(Fatal) -> String {
    guard let text = text(name) else { return "" }
    do throws(Expansion.Failure) {
      return try Expansion(lookup: self.text).expand(text, of: name).text
    } catch {
      throw Fatal(
        messages: error.messages.map { "warning: \($0)" }
          + [error.fatal ?? "fatal: macro processing error"])
    }
  }

  /// The value to print; `nil` where `-n` does not list the name.
  private func value(_ name: String) throws(Fatal) -> String? {
    let isReadOnly = ParameterListing.readOnly.contains(name)
    let isSet = !isReadOnly && (name == "config_directory" || mainCF.value(name) != nil)
    if mode == .changed && !isSet { return nil }
    if expands && !ParameterListing.raw.contains(name) { return try expanded(name) }
    return isReadOnly ? defaults[name] : text(name)?.text
  }

  /// `name = value`, white space in the value as single blanks.
  private static func line(_ name: String, _ value: String) -> String {
    let words = value.utf8.split(whereSeparator: \.isASCIISpace)
    return words.reduce("\(name) =") { $0 + " " + (String($1) ?? Bytes($1).text) }
  }
}
