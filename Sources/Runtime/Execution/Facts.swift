import RestrictionDSL

/// How well a client's name is known.
///
/// - Source: facts restrictions.md §5.2
public enum NameStatus: UInt8, Hashable, Sendable {
  case ok, temporary, permanent
  /// The name exists but does not map back to the address.
  case forged
}

/// Who is connected, as XCLIENT left it.
public struct Client: Hashable, Sendable {
  /// Verified name, or `unknown`.
  public var name: Bytes
  public var nameStatus: NameStatus
  /// PTR name, verified or not, or `unknown`.
  public var reverseName: Bytes
  public var reverseNameStatus: NameStatus
  /// Canonical text, or `unknown`.
  public var addressText: Bytes
  /// `nil` after `XCLIENT ADDR=[UNAVAILABLE]`.
  public var address: IPAddress?
  /// Decimal, or `unknown`.
  public var port: Bytes
  /// `name[address]`, with `:port` under smtpd_client_port_logging: what logs and replies show.
  public var nameAndAddress: Bytes

  public init(
    name: Bytes, nameStatus: NameStatus, reverseName: Bytes, reverseNameStatus: NameStatus,
    addressText: Bytes, address: IPAddress?, port: Bytes, nameAndAddress: Bytes
  ) {
    self.name = name
    self.nameStatus = nameStatus
    self.reverseName = reverseName
    self.reverseNameStatus = reverseNameStatus
    self.addressText = addressText
    self.address = address
    self.port = port
    self.nameAndAddress = nameAndAddress
  }
}

/// A login, as SASL or XCLIENT LOGIN gave it.
public struct Login: Hashable, Sendable {
  public var method: Bytes
  public var user: Bytes
  /// MAIL AUTH=.
  public var sender: Bytes?

  public init(method: Bytes, user: Bytes, sender: Bytes? = nil) {
    self.method = method
    self.user = user
    self.sender = sender
  }
}

/// A client certificate of the TLS session.
public struct ClientCertificate: Hashable, Sendable {
  /// Subject common name.
  public var commonName: Bytes
  /// Subject and issuer common name as xtext.
  public var subject: Bytes
  public var issuer: Bytes
  /// `AA:BB:…`.
  public var fingerprint: Bytes
  public var publicKeyFingerprint: Bytes
  /// The chain was verified.
  public var isTrusted: Bool

  public init(
    commonName: Bytes, subject: Bytes, issuer: Bytes, fingerprint: Bytes,
    publicKeyFingerprint: Bytes, isTrusted: Bool
  ) {
    self.commonName = commonName
    self.subject = subject
    self.issuer = issuer
    self.fingerprint = fingerprint
    self.publicKeyFingerprint = publicKeyFingerprint
    self.isTrusted = isTrusted
  }
}

/// Parameters of the TLS session.
public struct Encryption: Hashable, Sendable {
  /// For instance `TLSv1.3`.
  public var protocolName: Bytes
  public var cipher: Bytes
  /// - Unit: bits
  public var keySize: Int

  public init(protocolName: Bytes, cipher: Bytes, keySize: Int) {
    self.protocolName = protocolName
    self.cipher = cipher
    self.keySize = keySize
  }
}

/// What a command's access decision may depend on.
///
/// `nil` is "not known", never "empty".
///
/// A class, so that handing the facts to the executor copies one reference; owned by one session.
public final class Facts {
  public var client: Client
  /// Address of the socket itself; XCLIENT does not change it (permit_inet_interfaces).
  public var socketAddress: IPAddress?
  public var serverAddress: Bytes
  public var serverPort: Bytes
  /// `SMTP` or `ESMTP`.
  public var protocolName: Bytes
  /// The command as logs show it: `CONNECT`, `EHLO`, `RCPT`, `DATA`, `END-OF-MESSAGE` and so on.
  public var command: Bytes
  /// As stored: special characters replaced by `?`.
  ///
  /// At stage helo with delay=no the raw argument.
  public var helo: Bytes?
  /// Internal (unquoted) form; empty for the null sender.
  public var sender: Bytes?
  /// Internal (unquoted) form.
  ///
  /// At DATA and end of data: only where exactly one was accepted.
  public var recipient: Bytes?
  /// Accepted recipients of the transaction so far.
  public var recipientCount: Int
  /// SIZE= value, or the accounted size at end of data.
  public var size: Int
  public var queueID: Bytes?
  /// Of the transaction; `nil` before the first.
  public var instance: PolicyInstance?
  public var etrnDomain: Bytes?
  public var login: Login?
  /// SASL is switched on for this session (smtpd_sasl_auth_enable and not refused).
  public var saslIsActive: Bool
  public var tlsIsActive: Bool
  /// `nil` without TLS.
  public var encryption: Encryption?
  /// `nil` where the client sent none.
  public var certificate: ClientCertificate?
  /// SMTPUTF8 was given with MAIL or VRFY.
  public var smtputf8: Bool
  /// The session was flagged for improper pipelining.
  public var improperPipelining: Bool

  public init(client: Client, serverAddress: Bytes, serverPort: Bytes) {
    self.client = client
    self.serverAddress = serverAddress
    self.serverPort = serverPort
    protocolName = Bytes("SMTP")
    command = Bytes("CONNECT")
    recipientCount = 0
    size = 0
    saslIsActive = false
    tlsIsActive = false
    smtputf8 = false
    improperPipelining = false
  }

  /// The facts as they are now.
  func copy() -> Facts {
    let copy = Facts(client: client, serverAddress: serverAddress, serverPort: serverPort)
    copy.instance = instance
    copy.socketAddress = socketAddress
    copy.protocolName = protocolName
    copy.command = command
    copy.helo = helo
    copy.sender = sender
    copy.recipient = recipient
    copy.recipientCount = recipientCount
    copy.size = size
    copy.queueID = queueID
    copy.etrnDomain = etrnDomain
    copy.login = login
    copy.saslIsActive = saslIsActive
    copy.tlsIsActive = tlsIsActive
    copy.encryption = encryption
    copy.certificate = certificate
    copy.smtputf8 = smtputf8
    copy.improperPipelining = improperPipelining
    return copy
  }
}
