import Compiler
import LookupTables
import RestrictionDSL
import Runtime

/// Makes the space of one configuration, or the common space of two.
struct SpaceBuilder {
  private let models: [Model]
  private let reducer: ClassReducer
  private var keys = KeyCollector()
  private var space = SessionSpace()
  private let fresh: FreshNames
  /// What was left out.
  private var omissions: [String] = []

  /// Combinations of local parts and domains that are looked at.
  private static let pairLimit = 60_000

  private init(_ models: [Model], _ reducer: ClassReducer) {
    self.models = models
    self.reducer = reducer
    for model in models { keys.collect(model) }
    keys.collectLargeTables()
    fresh = FreshNames(avoiding: keys)
  }

  /// - Parameter observers: operations whose answers must be told apart too.
  static func space(
    _ models: [Model], _ oracles: Oracles, observers: [Operation], isTextual: Bool = false
  ) -> SessionSpace {
    var builder = SpaceBuilder(
      models, ClassReducer(models, oracles, observers: observers, isTextual: isTextual))
    builder.addCandidates()
    builder.space.gaps = models.flatMap(\.gaps) + builder.keys.gaps + builder.omissions
    if builder.keys.cuts.isInexact {
      builder.space.gaps.append("an IPv6 key ends in ':' or has a group of zero")
    }
    builder.reducer.reduce(&builder.space)
    for index in builder.space.gaps.indices.reversed()
    where builder.space.gaps[..<index].contains(builder.space.gaps[index]) {
      builder.space.gaps.remove(at: index)
    }
    return builder.space
  }

  private func uses(_ test: (Operation) -> Bool) -> Bool {
    models.contains { $0.operations.contains(where: test) }
  }

  private mutating func addCandidates() {
    addClients()
    addHelos()
    addLogins()
    addChannels()
    space.senders = [[]]
    space.recipients = [fresh.user + Bytes("@") + fresh.host]
    space.senders += mailAddresses(keys.sender, .sender)
    space.recipients = mailAddresses(keys.recipient, .recipient)
    if uses({ $0 == .rejectUnauthPipelining }) { space.pipelining = [false, true] }
  }

  // MARK: Clients

  private mutating func addClients() {
    let protocols = models.flatMap { $0.settings.list("inet_protocols").map { $0.lowercased() } }
    let usesAll = protocols.contains("all")
    let tables = keys.largeClientTables
    space.addresses =
      keys.cuts.representatives(
        v4: usesAll || protocols.contains("ipv4"), v6: usesAll || protocols.contains("ipv6")
      ) { address in
        let text = address.bytes
        return tables.contains { ((try? $0.contains(text.span)) ?? true) }
      } + keys.hosts.sorted { "\($0)" < "\($1)" }
    let looksUp = models.contains { $0.settings.bool("smtpd_peername_lookup") }
    space.names = [.missing]
    guard looksUp else { return }
    let hosts = hostNames(keys.clientNames).filter {
      DomainName.isValidHostname($0.span) && !DomainName.isValidAddress($0.span)
    }
    space.names = hosts.map { .verified($0) } + [.missing, .temporary]
    let reverse = uses { operation in
      switch operation {
      case .access(.reverseClient, _), .serverAccess(.reverseClient, _, _),
        .rejectDNSList(.reverseClientName, _), .permitDNSList(.reverseClientName, _):
        true
      default: false
      }
    }
    for host in reverse ? hosts : [fresh.host] {
      space.names += [.forged(host), .unconfirmed(host)]
    }
  }

  /// A fresh name, one without a dot, and for each key the key and a name below it.
  private func hostNames(_ keys: Set<Bytes>) -> [Bytes] {
    var names = [fresh.host, fresh.label]
    for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let base = key.first == 0x2E ? Bytes(key.dropFirst()) : key
      guard !base.isEmpty else { continue }
      let below = fresh.label + Bytes(".") + base
      // `localhost` is what the machine's own files say; a name below it can be anybody's.
      names += base.contains(0x2E) ? [base, below] : [below, base]
    }
    return names
  }

  private mutating func addHelos() {
    space.helos = [nil]
    var names = hostNames(keys.helos)
    let checksSyntax = uses { operation in
      switch operation {
      case .rejectInvalidHelo, .rejectNonFQDNHelo, .rejectUnknownHelo, .permitNakedIPAddress,
        .rejectDNSList(.helo, _), .serverAccess(.helo, _, _):
        true
      default: false
      }
    }
    if checksSyntax {
      for key in keys.helos.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        let base = key.first == 0x2E ? Bytes(key.dropFirst()) : key
        names += [Bytes("bad-.") + base, Bytes("[") + base]
      }
    }
    for word in [
      "[192.0.2.1]", "[IPv6:2001:db8::1]", "[999]", "192.0.2.1", "bad-.", "under_score.x",
    ] {
      names.append(Bytes(word))
    }
    for model in models {
      names.append(Bytes(model.settings.string("myhostname")))
      names.append(Bytes(model.settings.string("mydomain")))
    }
    // What cannot be an argument of HELO.
    space.helos += names.filter { name in
      !name.isEmpty && name.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
  }

  // MARK: Addresses

  private mutating func mailAddresses(
    _ keys: KeyCollector.MailKeys, _ dimension: Dimension
  ) -> [Bytes] {
    let isRecipient = dimension == .recipient
    // What is said of a domain does not depend on the local part in front of it: one domain of each
    // kind meets every local part.
    var domains = alike(mailDomains(keys), dimension)
    let locals = localParts(keys, isRecipient: isRecipient)
    var found: [Bytes] = []
    for address in keys.addresses.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      found.append(address)
      found += extended(address)
      found += routed(address)
    }
    if domains.count * locals.count > SpaceBuilder.pairLimit {
      omissions.append(
        "\(isRecipient ? "recipients" : "senders"): \(locals.count) local parts meet "
          + "\(domains.count) kinds of domains, more than \(SpaceBuilder.pairLimit) pairs are not looked at"
      )
      domains.removeLast(domains.count - max(1, SpaceBuilder.pairLimit / locals.count))
    }
    for domain in domains {
      for local in locals { found.append(local + Bytes("@") + domain) }
      found += routed(fresh.user + Bytes("@") + domain)
    }
    // Without domain: our own is added.
    found += locals
    if isRecipient {
      for model in models {
        let probe = SessionSettings(model.settings).probeSender.address
        if !probe.isEmpty { found.append(probe) }
      }
    }
    var seen: Set<Bytes> = []
    return found.filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// One domain of each class.
  private func alike(_ domains: [Bytes], _ dimension: Dimension) -> [Bytes] {
    var trial = space
    let addresses = domains.map { fresh.user + Bytes("@") + $0 }
    if dimension == .sender { trial.senders = addresses } else { trial.recipients = addresses }
    return reducer.representatives(dimension, trial).map { domains[$0] }
  }

  private func mailDomains(_ keys: KeyCollector.MailKeys) -> [Bytes] {
    var domains = hostNames(keys.domains)
    for model in models {
      for name in ["myhostname", "mydomain", "myorigin"] {
        domains.append(Bytes(model.settings.string(name)))
      }
      if let own = model.context.ownAddresses.interfaces.first {
        domains.append(Bytes(own.bitWidth == 32 ? "[\(own)]" : "[IPv6:\(own)]"))
      }
    }
    domains.append(Bytes("[192.0.2.77]"))
    domains.append(fresh.host + Bytes("."))
    var seen: Set<Bytes> = []
    return domains.filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  private func localParts(_ keys: KeyCollector.MailKeys, isRecipient: Bool) -> [Bytes] {
    var locals = [fresh.user, Bytes("postmaster")]
    if isRecipient { locals += [Bytes("mailer-daemon"), Bytes("double-bounce")] }
    locals += keys.locals.sorted { $0.lexicographicallyPrecedes($1) }
    if let mark = delimiter {
      locals += locals.map { $0 + [mark] + Bytes("ext") }
    }
    if isRecipient {
      locals += [
        fresh.user + Bytes("%") + fresh.host, fresh.host + Bytes("!") + fresh.user,
        fresh.user + Bytes("@") + fresh.host,
      ]
    }
    return locals
  }

  private var delimiter: UInt8? {
    models.lazy.compactMap { $0.settings.string("recipient_delimiter").utf8.first }.first
  }

  private func extended(_ address: Bytes) -> [Bytes] {
    guard let mark = delimiter, let at = address.lastIndex(of: 0x40) else { return [] }
    return [Bytes(address[..<at]) + [mark] + Bytes("ext") + Bytes(address[at...])]
  }

  /// Forms of an address that only a server of ours unfolds.
  private func routed(_ address: Bytes) -> [Bytes] {
    guard let at = address.lastIndex(of: 0x40) else { return [] }
    let local = Bytes(address[..<at])
    let domain = Bytes(address[(at + 1)...])
    var forms: [Bytes] = []
    for model in models {
      let own = Bytes(model.settings.string("myhostname"))
      for form in [
        local + Bytes("%") + domain, domain + Bytes("!") + local, local + Bytes("@") + domain,
      ] where !forms.contains(form + Bytes("@") + own) { forms.append(form + Bytes("@") + own) }
    }
    return forms
  }

  // MARK: Logins and certificates

  private mutating func addLogins() {
    guard models.contains(where: { $0.settings.bool("smtpd_sasl_auth_enable") }) else { return }
    let users = [fresh.user] + keys.logins.sorted { $0.lexicographicallyPrecedes($1) }
    space.logins += users.map { Login(method: Bytes("PLAIN"), user: $0) }
  }

  private mutating func addChannels() {
    let hasTLS = models.contains { model in
      !["", "none"].contains(model.settings.string("smtpd_tls_security_level").lowercased())
        || model.settings.bool("smtpd_use_tls") || model.settings.bool("smtpd_tls_wrappermode")
    }
    guard hasTLS else { return }
    space.channels.append(Channel(isEncrypted: true))
    let asksCertificates = uses { operation in
      switch operation {
      case .certificateAccess, .permitTLSClientCerts, .permitTLSAllClientCerts, .access(.ccert, _):
        true
      default: false
      }
    }
    guard asksCertificates else { return }
    let unlisted = Bytes("00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF")
    for print in [unlisted] + keys.certificates.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      for isTrusted in [false, true] {
        space.channels.append(
          Channel(
            isEncrypted: true,
            certificate: ClientCertificate(
              commonName: Bytes("client"), subject: Bytes("client"), issuer: Bytes("ca"),
              fingerprint: print, publicKeyFingerprint: unlisted, isTrusted: isTrusted)))
      }
    }
  }
}

/// Names that no table and no list knows.
struct FreshNames {
  /// Fully qualified.
  let host: Bytes
  let label: Bytes
  let user: Bytes

  init(avoiding keys: KeyCollector) {
    var known = keys.clientNames.union(keys.helos)
    for mail in [keys.sender, keys.recipient] {
      known.formUnion(mail.domains)
      known.formUnion(mail.locals)
    }
    func isKnown(_ text: String) -> Bool {
      known.contains(Bytes(text)) || known.contains(Bytes("." + text))
    }
    let top = ["example", "test", "invalid"] + (0...).lazy.prefix(10_000).map { "zz\($0)" }
    let last = top.first {
      !isKnown($0) && !isKnown("unlisted.\($0)") && !isKnown("host.unlisted.\($0)")
    }
    host = Bytes("host.unlisted.\(last ?? "zz")")
    let label = ["unlisted", "nobody"] + (0..<10_000).map { "unlisted\($0)" }
    self.label = Bytes(label.first { !isKnown($0) } ?? "unlisted")
    user = Bytes(
      (["someone"] + (0..<10_000).map { "someone\($0)" }).first { !isKnown($0) } ?? "someone")
  }
}
