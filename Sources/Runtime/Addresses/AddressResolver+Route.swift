import LookupTables
import RestrictionDSL

extension AddressResolver {
  /// What decides about transport and next hop.
  struct Routing {
    let localTransport: Bytes
    let virtualTransport: Bytes
    let relayTransport: Bytes
    let defaultTransport: Bytes
    let relayHost: Bytes
    let namesTable: Bool
    let warnsHelpfully: Bool
    let senderTransports: TableList
    let senderRelayHosts: TableList
    let nullSenderTransportKey: Bytes
    let nullSenderRelayHostKey: Bytes
    let transports: TransportTable
    let relocated: TableList
    let mainCF: String

    var dependsOnSender: Bool { !senderTransports.isEmpty || !senderRelayHosts.isEmpty }

    init(settings: Settings, tables: (TableSpec) -> OpenTable) {
      func value(_ parameter: String) -> Bytes { Bytes(settings.string(parameter)) }
      localTransport = value("local_transport")
      virtualTransport = value("virtual_transport")
      relayTransport = value("relay_transport")
      defaultTransport = value("default_transport")
      relayHost = value("relayhost")
      namesTable = settings.bool("show_user_unknown_table_name")
      warnsHelpfully = settings.bool("helpful_warnings")
      nullSenderTransportKey = value("empty_address_default_transport_maps_lookup_key")
      nullSenderRelayHostKey = value("empty_address_relayhost_maps_lookup_key")
      senderTransports = TableList(
        "sender_dependent_default_transport_maps", settings: settings, tables: tables)
      senderRelayHosts = TableList(
        "sender_dependent_relayhost_maps", settings: settings, tables: tables)
      transports = TransportTable(settings: settings, tables: tables)
      relocated = TableList("relocated_maps", settings: settings, tables: tables)
      mainCF = settings.string("config_directory") + "/main.cf"
    }
  }

  /// Step E: class, transport and next hop.
  func route(
    _ resolved: inout ResolvedAddress, domain: Bytes, isLocal: Bool, sender: Bytes,
    _ book: inout AnswerBook
  ) throws(Suspension) {
    var blame = ""
    if isLocal {
      if routing.warnsHelpfully { try warnAboutOverlap(domain, after: .local, &book) }
      resolved.addressClass = .local
      resolved.transport = routing.localTransport
      resolved.nextHop = domain
      blame = "local_transport"
    } else if try contains(classes.virtualAliasDomains, domain, &book) {
      if routing.warnsHelpfully { try warnAboutOverlap(domain, after: .virtualAlias, &book) }
      resolved.addressClass = .virtualAlias
      resolved.transport = Bytes("error")
      resolved.nextHop = Bytes(
        routing.namesTable
          ? "5.1.1 User unknown in virtual alias table" : "5.1.1 User unknown")
    } else if try contains(classes.virtualMailboxDomains, domain, &book) {
      if routing.warnsHelpfully { try warnAboutOverlap(domain, after: .virtualMailbox, &book) }
      resolved.addressClass = .virtualMailbox
      resolved.transport = routing.virtualTransport
      resolved.nextHop = domain
      blame = "virtual_transport"
    } else {
      blame = try routeAbroad(&resolved, domain: domain, sender: sender, &book)
    }
    if resolved.addressClass != .virtualAlias { splitTransport(&resolved) }
    guard !resolved.transport.isEmpty else {
      book.log.append(
        "warning: file \(routing.mainCF): parameter \(blame): null transport is not allowed")
      resolved.hasFailed = true
      return
    }
    try override(&resolved, domain: domain, &book)
  }

  /// Relay and default class: the next hop is the relay host, or the domain.
  ///
  /// - Returns: the parameter that named the transport.
  private func routeAbroad(
    _ resolved: inout ResolvedAddress, domain: Bytes, sender: Bytes, _ book: inout AnswerBook
  ) throws(Suspension) -> String {
    var blame = "relay_transport"
    if try contains(classes.relayDomains, domain, &book) {
      resolved.addressClass = .relay
      resolved.transport = routing.relayTransport
    } else {
      resolved.addressClass = .default
      resolved.transport = routing.defaultTransport
      blame = "default_transport"
      let key = sender.isEmpty ? routing.nullSenderTransportKey : sender
      if let own = try find(key, in: routing.senderTransports, &book) {
        blame = routing.senderTransports.parameter
        if !own.equalsIgnoringCase(Bytes("DUNNO")) { resolved.transport = own }
      }
    }
    let key = sender.isEmpty ? routing.nullSenderRelayHostKey : sender
    if let own = try find(key, in: routing.senderRelayHosts, &book) {
      resolved.nextHop = own.equalsIgnoringCase(Bytes("DUNNO")) ? domain : own
    } else {
      resolved.nextHop = routing.relayHost.isEmpty ? domain : routing.relayHost
    }
    return blame
  }

  /// `transport:nexthop` in a transport parameter.
  private func splitTransport(_ resolved: inout ResolvedAddress) {
    guard let colon = resolved.transport.firstIndex(of: UInt8(ascii: ":")) else { return }
    let nextHop = resolved.transport[(colon + 1)...]
    if !nextHop.isEmpty { resolved.nextHop = Bytes(nextHop) }
    resolved.transport.removeSubrange(colon...)
  }

  /// transport_maps (not for the virtual alias class), then relocated_maps.
  private func override(
    _ resolved: inout ResolvedAddress, domain: Bytes, _ book: inout AnswerBook
  ) throws(Suspension) {
    if resolved.addressClass != .virtualAlias {
      do {
        let entry = try routing.transports.entry(for: resolved.address, finder: finder, book: &book)
        if let entry { TransportTable.apply(entry, domain: domain[...], to: &resolved) }
      } catch {
        throw error.followed(by: "warning: transport_maps lookup failure")
      }
    }
    if let place = try find(resolved.address, in: routing.relocated, &book) {
      resolved.transport = Bytes("error")
      resolved.nextHop = Bytes("5.1.6 User has moved to ") + place
    }
  }

  private func find(
    _ address: Bytes, in list: TableList, _ book: inout AnswerBook
  ) throws(Suspension) -> Bytes? {
    let classes = classes
    do {
      return try finder.find(address, in: list, book: &book) { (domain, book) throws(Suspension) in
        try classes.isLocal(domain, book: &book)
      }?.value
    } catch {
      throw error.followed(by: "warning: \(list.parameter) lookup failure")
    }
  }

  private func contains(
    _ list: MatchList, _ domain: Bytes, _ book: inout AnswerBook
  ) throws(Suspension) -> Bool {
    do {
      return try list.matches(domain, book: &book)
    } catch {
      throw error.followed(by: "warning: \(list.parameter) lookup failure")
    }
  }

  /// A domain in two lists: the first one wins, and the administrator hears of it.
  private func warnAboutOverlap(
    _ domain: Bytes, after first: AddressClass, _ book: inout AnswerBook
  ) throws(Suspension) {
    guard
      !(classes.virtualAliasDomains.isEmpty && classes.virtualMailboxDomains.isEmpty
        && (first == .local || classes.relayDomains.isEmpty))
    else { return }
    let lists: [(MatchList, AddressClass)] = [
      (classes.destination, .local), (classes.virtualAliasDomains, .virtualAlias),
      (classes.virtualMailboxDomains, .virtualMailbox), (classes.relayDomains, .relay),
    ]
    let name = lists.first { $0.1 == first }?.0.parameter ?? ""
    for (list, kind) in lists where kind.rawValue > first.rawValue {
      // mydestination and relay_domains may overlap: that was the default of old versions.
      if first == .local && kind == .relay { continue }
      let isListed: Bool
      do { isListed = try list.matches(domain, book: &book) } catch {
        guard case .failed = error else { throw error }
        continue
      }
      if isListed {
        book.log.append(
          "warning: do not list domain \(domain.text) in BOTH \(name) and \(list.parameter)")
      }
    }
  }
}

extension Suspension {
  /// The same failure with one more line to be logged.
  func followed(by line: String) -> Suspension {
    guard case .failed(let cause) = self else { return self }
    return .failed(LookupError(cause.kind, cause.messages + [line]))
  }
}
