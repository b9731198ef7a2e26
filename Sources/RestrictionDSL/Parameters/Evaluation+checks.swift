/// Checks that Postfix makes of single parameters while smtpd starts, each at its moment.
///
/// - Source: observed with Postfix 3.7.11
extension Evaluation {
  /// Checks between two readings.
  mutating func checkBefore(_ name: String) {
    switch name {
    case "default_process_limit":
      // All texts are read, numbers come next.
      readOrigin()
    case "mynetworks" where dictionary["mynetworks"] == nil:
      check("mynetworks_style") { value in
        OwnInterfaces.styles.contains(value) ? nil : OwnInterfaces.unknownStyle(value)
      }
      findAddresses()
    case "smtpd_soft_error_limit":
      // The last of what every program reads.
      checkVERPDelimiters()
    default: break
    }
  }

  /// Checks of a value that was just read.
  mutating func checkAfter(_ name: String) {
    let path = "\(builder.machine.configDirectory)/main.cf"
    switch name {
    case "compatibility_level":
      check(name) { value in
        guard CompatibilityLevel(Bytes(value)) == nil else { return nil }
        return ParameterCheck.Failure(
          message: "'\(value)' is no compatibility level",
          fatal: "malformed compatibility level syntax: \"\(value)\"")
      }
    case "syslog_facility":
      check(name) { value in
        guard !ParameterWords.syslogFacilities.contains(value) else { return nil }
        return ParameterCheck.Failure(
          message: "'\(value)' is no syslog facility",
          fatal: "file \(path): parameter syslog_facility: unrecognized value: \(value)")
      }
    case "known_tcp_ports": checkPorts()
    case "inet_protocols": check(name, OwnInterfaces.protocolProblem)
    case "myhostname", "mydomain":
      check(name) { value in
        guard let problem = HostDefaults.problem(Bytes(value)) else { return nil }
        return ParameterCheck.Failure(
          message: "'\(value)' is no host name: \(problem.message)",
          warnings: ["valid_hostname: \(problem.logged)"],
          fatal: "file \(path): parameter \(name): bad parameter value: \(value)")
      }
    default: break
    }
  }

  /// Checks after everything was read.
  mutating func checkAtStart() {
    check("smtpd_forbid_bare_newline") { value in
      let words = ParameterWords.bareNewline
      guard !words.contains(value.asciiLowercased) else { return nil }
      return ParameterCheck.Failure(
        message: "'smtpd_forbid_bare_newline' must be one of \(words.joined(separator: ", "))",
        fatal: "bad parameter value: 'smtpd_forbid_bare_newline = \(value)'")
    }
    if addresses == nil { findAddresses() }
    for name in ParameterWords.tableLists { checkTables(name) }
    for name in ParameterWords.temporaryFailureActions {
      check(name) { value in
        guard !["defer", "defer_if_permit"].contains(value.asciiLowercased) else { return nil }
        return ParameterCheck.Failure(
          message: "'\(name)' must be defer or defer_if_permit, not '\(value)'",
          fatal: "bad configuration: \(name) = \(value)")
      }
    }
    check("smtpd_tls_security_level") { value in
      let level = value.asciiLowercased
      guard !value.isEmpty, !ParameterWords.tlsLevels.contains(level) else { return nil }
      return ParameterCheck.Failure(
        message: "'\(value)' is no TLS level of a server", fatal: "Invalid TLS level \"\(value)\"")
    }
    checkWords("receive_override_options", ParameterWords.receiveOverrides)
    check("header_from_format") { value in
      guard !["standard", "obsolete"].contains(value.asciiLowercased) else { return nil }
      return ParameterCheck.Failure(
        message: "'header_from_format' must be standard or obsolete, not '\(value)'",
        fatal: "invalid setting: \"header_from_format = \(value)\"")
    }
    checkWords("notify_classes", ParameterWords.notifyClasses)
  }

  private mutating func check(
    _ name: String, _ problem: (String) -> ParameterCheck.Failure?
  ) {
    guard let entry = entries[name], let failure = problem(entry.value) else { return }
    report(failure, of: name, entry.text)
    if let parameter = ParameterCatalog.parameter(name) {
      storeFallback(parameter, isSet: entry.range != nil)
    }
  }

  /// A list in which only some words may stand.
  private mutating func checkWords(_ name: String, _ words: [String]) {
    check(name) { value in
      guard let word = Settings.split(value).first(where: { !words.contains($0) }) else {
        return nil
      }
      return ParameterCheck.Failure(
        message: "'\(word)' is no value of '\(name)'",
        fatal: "unknown \(name) value \"\(word)\" in \"\(value)\"")
    }
  }

  /// A list of tables in which every element has a type.
  private mutating func checkTables(_ name: String) {
    check(name) { value in
      guard let word = Settings.split(value).first(where: { !$0.contains(":") }) else {
        return nil
      }
      return ParameterCheck.Failure(
        message: "'\(word)' in '\(name)' is no table: expected type:name",
        fatal: "open dictionary: expecting \"type:name\" form instead of \"\(word)\"")
    }
  }

  private mutating func findAddresses() {
    guard let entry = entries["inet_interfaces"] else { return }
    let protocols = OwnInterfaces.protocols(entries["inet_protocols"]?.value ?? "all")
    do throws(ParameterCheck.Failure) {
      addresses = try OwnInterfaces(
        entry.value, machine: builder.machine, protocols: protocols,
        resolve: builder.hostAddresses)
    } catch {
      addresses = OwnInterfaces(own: [])
      report(error, of: "inet_interfaces", entry.text)
    }
  }

  /// Names for port numbers: a bad one is only warned about.
  private mutating func checkPorts() {
    guard let entry = entries["known_tcp_ports"] else { return }
    for element in entry.value.split(separator: ",") {
      let words = element.split(separator: "=").map { Bytes(String($0)).trimmedASCIISpace.text }
      let shown = Bytes(String(element)).trimmedASCIISpace.text
      guard let port = words.last, !shown.isEmpty else { continue }
      let problem =
        words.count < 2
        ? "in \"\(shown)\" is not in \"name = value\" form"
        : port.utf8.allSatisfy(\.isASCIIDigit)
          ? nil : "in \"\(shown)\": non-numerical service port"
      guard let problem else { continue }
      diagnostics.append(
        Diagnostic(
          .warning, "bad-parameter-value", "'known_tcp_ports' needs name = number, not '\(shown)'",
          at: entry.text.whole, logLine: "warning: known_tcp_ports: \(problem)"))
    }
  }

  /// VERP with the default delimiters must be possible.
  private mutating func checkVERPDelimiters() {
    let allowed = Bytes(entries["verp_delimiter_filter"]?.value ?? "")
    let path = "\(builder.machine.configDirectory)/main.cf"
    check("default_verp_delimiters") { value in
      for (delimiter, position) in zip(Bytes(value), ["first", "second"])
      where !allowed.contains(delimiter) {
        return ParameterCheck.Failure(
          message: "the \(position) of '\(value)' is not in verp_delimiter_filter",
          fatal: "file \(path): parameters default_verp_delimiters and verp_delimiter_filter: "
            + "bad \(position) VERP delimiter character")
      }
      return nil
    }
  }

  /// The Debian form: the origin is the first line of a file.
  ///
  /// - Source: facts, real-configurations.md
  private mutating func readOrigin() {
    check("myorigin") { value in
      guard !value.hasPrefix("/"), value.contains(where: { " \t\r\n,".contains($0) }) else {
        return nil
      }
      return ParameterCheck.Failure(
        message: "'myorigin' must be one name, not '\(value)'",
        fatal: "myorigin parameter setting must not contain multiple values: \(value)")
    }
    guard let entry = entries["myorigin"], entry.value.hasPrefix("/") else { return }
    switch builder.readFile(entry.value) {
    case .success(let file):
      let text = TracedText((file.line(1) ?? []).trimmedASCIISpace.text)
      store("myorigin", text.text, text, isSet: entry.range != nil)
      define("myorigin", text)
    case .failure(let failure):
      let path = entry.value
      report(
        ParameterCheck.Failure(
          message: "cannot open '\(path)': \(failure.reason)",
          fatal: "\(path): cannot open file: \(failure.reason)"),
        of: "myorigin", entry.text)
    }
  }
}
