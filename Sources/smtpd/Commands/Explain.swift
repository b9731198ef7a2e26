import Analysis
import ArgumentParser
import Glibc
import RestrictionDSL
import Runtime

/// `smtpd explain`: what one conversation comes to, restriction by restriction.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Play one conversation against the policy and say why it ends as it does.",
    discussion: """
      Runs the program that the daemon runs. Nothing is asked over the network without --online: \
      what --what-if does not say is taken to be harmless (not listed, resolves, DUNNO), and the output says \
      what was assumed. Exit status: 0 the conversation was played, 2 the configuration could not be read, or no server starts with it.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(name: .short, help: "Configuration directory.")
  var config = ConfigReader.defaultDirectory

  @Option(help: "Service of master.cf; the first one by default.")
  var service: String?

  @Option(help: "Client address.")
  var client: String?

  @Option(
    help: """
      Verified client name; 'unknown', or 'temporary' for a failed lookup. Without it the DNS is asked, \
      which has no name for the client unless --what-if or --online say so.
      """)
  var clientName: String?

  @Option(help: "HELO name.")
  var helo: String?

  @Option(help: "Sender; empty or <> for the null sender.")
  var sender: String?

  @Option(help: "Recipient; may be given more than once.")
  var recipient: [String] = []

  @Option(help: "The client is logged in as this user.")
  var saslUser: String?

  @Option(help: "SIZE= of MAIL.")
  var size: Int?

  @Option(
    help: """
      File with what the client sends, in the place of HELO, sender and recipients; '-' is standard input. \
      Any commands, as many transactions as wanted; lines between DATA and a dot are a message.
      """)
  var script: String?

  @Option(
    help: """
      Take client, HELO, sender and recipient from a reject line of the log; '-' reads lines from standard \
      input and explains each.
      """)
  var fromLog: String?

  @Option(
    help: """
      dns=listed:LIST, dns=NAME/TYPE=DATA, dns=NAME=NXDOMAIN|SERVFAIL, policy=ACTION, policy=failed, verify=deliverable|undeliverable|deferred, \
      table=TYPE:NAME/KEY=VALUE; may be given more than once.
      """)
  var whatIf: [String] = []

  @Flag(help: "Ask the real DNS.")
  var online = false

  @Option(help: "text or json.")
  var format = Format.text

  /// A conversation, and the reply that a log has.
  private typealias Play = (conversation: Conversation, logged: String?)

  func run() throws {
    let plays = try plays()
    let given = try whatIf.map { text in
      do throws(WhatIf.SyntaxError) { return try WhatIf(text) } catch {
        throw ValidationError("--what-if \(error)")
      }
    }
    let analysed = try Analysed.configuration(config, command: "explain")
    guard let chosen = analysed.service(service) else {
      let names = analysed.services.map(\.name).joined(separator: ", ")
      throw ValidationError("no service '\(service ?? "")' in master.cf; there are: \(names)")
    }
    let rehearsal = Rehearsal(
      settings: chosen.settings, name: chosen.name.prefix { $0 != "/" }.description,
      diagnostics: chosen.diagnostics, seesDisk: true,
      queue: plays.contains { $0.conversation.script != nil } ? scratchQueue() : nil)
    if let failure = rehearsal.storageFailure { reportUnchecked(failure) }
    for line in rehearsal.startLines { StandardError.write("smtpd explain: \(line)") }
    if rehearsal.doesNotStart {
      StandardError.write(
        "smtpd explain: no server starts with this configuration; this is what it would say")
    }
    let ask = try network(chosen.settings)
    for (index, play) in plays.enumerated() {
      let assumptions = Assumptions(given, listDomains: rehearsal.listDomains, ask: ask)
      let explanation = Explanation(
        rehearsal, play.conversation, assumptions, logged: play.logged)
      if format == .text, index > 0 { print() }
      print(format == .json ? explanation.json : explanation.text, terminator: "")
    }
    if rehearsal.doesNotStart { throw ExitCode(2) }
  }

  private func scratchQueue() -> ScratchQueue? {
    do throws(SystemError) { return try ScratchQueue() } catch {
      reportUnchecked(error)
      return nil
    }
  }

  private func reportUnchecked(_ failure: SystemError) {
    StandardError.write("smtpd explain: messages are not checked: \(failure)")
  }

  private func network(_ settings: Settings) throws -> ((Question) -> Answer?)? {
    guard online else { return nil }
    do {
      return try OnlineAnswers(settings: settings).answer
    } catch {
      StandardError.write("smtpd explain: \(error)")
      throw ExitCode(2)
    }
  }

  private func plays() throws -> [Play] {
    guard let fromLog else {
      guard client != nil else { throw ValidationError("need --client or --from-log") }
      var conversation = Conversation(client: .v4(0), clientName: nil)
      conversation.sender = recipient.isEmpty ? nil : Bytes("<>")
      return [(try completed(conversation), nil)]
    }
    var lines = [fromLog]
    if fromLog == "-" {
      lines = []
      // Other lines tell of clients, too, but not what they said.
      while let line = readLine() {
        if line.contains(" proto=") || line.contains(": reject: ") { lines.append(line) }
      }
    }
    let plays = try lines.compactMap { line -> Play? in
      guard let read = LogLineReader.conversation(line) else { return nil }
      return (try completed(read), LogLineReader.reply(line))
    }
    guard !plays.isEmpty else { throw ValidationError("--from-log: no line about a client") }
    return plays
  }

  /// What other options say about a conversation.
  private func completed(_ given: Conversation) throws -> Conversation {
    var conversation = given
    if let client {
      guard let address = IPAddress(client) else {
        throw ValidationError("--client: '\(client)' is no address")
      }
      conversation.client = address.unmapped
    }
    switch clientName {
    case nil: break
    case "unknown"?: conversation.clientName = .missing
    case "temporary"?: conversation.clientName = .temporary
    case let name?: conversation.clientName = .verified(Bytes(name))
    }
    if let helo { conversation.helo = Bytes(helo) }
    if let sender { conversation.sender = Conversation.path(sender) }
    if !recipient.isEmpty { conversation.recipients = recipient.map(Conversation.path) }
    if let size { conversation.size = size }
    if let saslUser {
      conversation.login = Login(method: Bytes("PLAIN"), user: Bytes(saslUser))
    }
    if let script { conversation.script = try Explain.script(script) }
    return conversation
  }

  private static func script(_ path: String) throws -> Script {
    do throws(ConfigReader.Failure) {
      return Script(lines: try ConfigReader.file(path == "-" ? "/dev/stdin" : path).bytes)
    } catch {
      throw ValidationError("--script: open \(path): \(error.reason)")
    }
  }
}

/// What the commands of the analyses have in common.
enum Analysed {
  /// Reads a configuration; says what is wrong and ends where that is not possible.
  static func configuration(
    _ directory: String, command: String, failure: Int32 = 2
  ) throws -> AnalysedConfiguration {
    do throws(ConfigReader.Failure) {
      return try AnalysedConfiguration(directory: Analysed.absolute(directory))
    } catch {
      StandardError.write("smtpd \(command): open \(error.path): \(error.reason)")
      throw ExitCode(failure)
    }
  }

  private static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
    defer { free(here) }
    return path == "." ? String(cString: here) : String(cString: here) + "/" + path
  }
}
