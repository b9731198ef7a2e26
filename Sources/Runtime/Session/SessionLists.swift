import LookupTables
import RestrictionDSL

/// The match lists and tables that sessions ask themselves.
public final class SessionLists {
  let xclientHosts: MatchList
  let xforwardHosts: MatchList
  let verpClients: MatchList
  let limitExceptions: MatchList
  let bareNewlineExclusions: MatchList
  /// debug_peer_list.
  let debuggedClients: MatchList
  let noopCommands: MatchList
  let forbiddenCommands: MatchList
  let fastFlushDomains: MatchList
  let commandFilter: TableList
  let rejectFooters: TableList
  let keywordMaps: TableList
  let rewriteClients: [RewriteClient]

  /// Lines of opening the lists, to be logged once before the first session: those that smtpd opens
  /// before the lists of the policy, and those behind them.
  public let earlyMessages: [String]
  public let lateMessages: [String]

  /// An element of local_header_rewrite_clients.
  enum RewriteClient {
    case inetInterfaces
    case myNetworks(MatchList)
    case saslAuthenticated
    /// Needs TLS, which no session of this server has yet.
    case clientCertificate
    case table(OpenTable)
    /// A word that is none of these; it is reported each time it is reached.
    case invalid(String)
  }

  public init(_ settings: Settings, tables open: (TableSpec) -> OpenTable) {
    func list(_ parameter: String, _ style: MatchList.Style) -> MatchList {
      MatchList(parameter, style: style, settings: settings, tables: open)
    }
    xclientHosts = list("smtpd_authorized_xclient_hosts", .clients)
    xforwardHosts = list("smtpd_authorized_xforward_hosts", .clients)
    verpClients = list("smtpd_authorized_verp_clients", .clients)
    limitExceptions = list("smtpd_client_event_limit_exceptions", .clients)
    bareNewlineExclusions = list("smtpd_forbid_bare_newline_exclusions", .clients)
    debuggedClients = list("debug_peer_list", .clients)
    noopCommands = list("smtpd_noop_commands", .strings)
    forbiddenCommands = list("smtpd_forbidden_commands", .strings)
    fastFlushDomains = list("fast_flush_domains", .domains)
    commandFilter = TableList("smtpd_command_filter", settings: settings, tables: open)
    rejectFooters = TableList("smtpd_reject_footer_maps", settings: settings, tables: open)
    keywordMaps = TableList(
      "smtpd_discard_ehlo_keyword_address_maps", settings: settings, tables: open)
    rewriteClients = SessionLists.rewriteClients(settings, open)
    let early = [
      noopCommands, forbiddenCommands, verpClients, xclientHosts, xforwardHosts, limitExceptions,
      bareNewlineExclusions,
    ]
    earlyMessages = early.flatMap(\.openMessages)
    lateMessages = [debuggedClients, fastFlushDomains].flatMap(\.openMessages)
  }

  /// - Source: postconf(5) local_header_rewrite_clients
  private static func rewriteClients(
    _ settings: Settings, _ open: (TableSpec) -> OpenTable
  ) -> [RewriteClient] {
    var clients: [RewriteClient] = []
    for word in settings.list("local_header_rewrite_clients") {
      switch word.lowercased() {
      case "permit_inet_interfaces": clients.append(.inetInterfaces)
      case "permit_mynetworks":
        let networks = MatchList("mynetworks", style: .clients, settings: settings, tables: open)
        clients.append(.myNetworks(networks))
      case "permit_sasl_authenticated": clients.append(.saslAuthenticated)
      case "permit_tls_clientcerts", "permit_tls_all_clientcerts":
        clients.append(.clientCertificate)
      case "check_address_map": continue
      default:
        if let spec = TableSpec(word) {
          clients.append(.table(open(spec)))
        } else {
          clients.append(.invalid(word))
        }
      }
    }
    return clients
  }
}
