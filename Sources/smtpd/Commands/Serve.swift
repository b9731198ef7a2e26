import ArgumentParser
import Glibc
import RestrictionDSL
import Runtime

/// `smtpd serve`: the self-contained daemon.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve SMTP clients.",
    discussion: """
      Without --listen, the smtpd services of master.cf are served with their -o overrides, or \
      port 25 of inet_interfaces where master.cf has none. Logs to standard error in Postfix's \
      format, or where maillog_file says. SIGHUP reads the configuration again: where lint finds an \
      error in it, the old one stays in use. SIGTERM ends the server when its sessions have ended, \
      at the latest after ten seconds. With --shadow the decisions of another configuration are \
      compared with those that are made; SIGUSR1 logs the counts.
      """)

  @Option(name: .short, help: "Configuration directory.")
  var c = ConfigReader.defaultDirectory

  @Option(help: "ADDRESS:PORT to listen on; may be given more than once.")
  var listen: [ListenAddress] = []

  @Option(help: "Which services to use: auto, embedded or postfix.")
  var services = Server.Services.auto

  @Flag(help: "Do not start while the configuration has any error.")
  var strict = false

  @Option(
    help: "Directory of another configuration that decides too, unheard: differences are logged.")
  var shadow: String?

  @Flag(help: "Reload when a file of the configuration changes.")
  var watch = false

  func run() throws {
    let options = Server.Options(
      directory: Serve.absolute(c), addresses: listen, services: services, isStrict: strict,
      shadow: shadow.map(Serve.absolute), isWatching: watch)
    do {
      let server = try Server(options)
      server.run()
    } catch {
      // The reasons are in the log; 1 is how a Postfix daemon ends after `fatal:`.
      throw ExitCode(1)
    }
  }

  private static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
    defer { free(here) }
    return path == "." ? String(cString: here) : String(cString: here) + "/" + path
  }
}

extension ListenAddress: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension Server.Services: ExpressibleByArgument {}
