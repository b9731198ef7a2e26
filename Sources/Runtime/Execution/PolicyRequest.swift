import RestrictionDSL

/// The request of the policy delegation protocol.
enum PolicyRequest {
  /// The complete request with its empty line.
  ///
  /// - Source: facts postfix-ipc.md §11, attributes in the order of 3.7
  static func bytes(_ facts: Facts, stress: Bytes, context: Bytes) -> Bytes {
    var request = Bytes()
    request.reserveCapacity(900)
    func add(_ name: String, _ value: Bytes?) {
      request.append(contentsOf: name.utf8)
      request.append(0x3D)
      if let value { request.append(contentsOf: value) }
      request.append(0x0A)
    }
    let isAtData = facts.command == Bytes("DATA") || facts.command == Bytes("BDAT")
    let isAtEnd = facts.command == Bytes("END-OF-MESSAGE")
    add("request", Bytes("smtpd_access_policy"))
    add("protocol_state", isAtData ? Bytes("DATA") : facts.command)
    add("protocol_name", facts.protocolName)
    add("client_address", facts.client.addressText)
    add("client_name", facts.client.name)
    add("client_port", facts.client.port)
    add("reverse_client_name", facts.client.reverseName)
    add("server_address", facts.serverAddress)
    add("server_port", facts.serverPort)
    add("helo_name", facts.helo)
    add("sender", facts.sender)
    add("recipient", facts.recipient)
    add("recipient_count", Bytes(String(isAtData || isAtEnd ? facts.recipientCount : 0)))
    add("queue_id", facts.queueID)
    add("instance", facts.instance?.text)
    add("size", Bytes(String(facts.size)))
    add("etrn_domain", facts.etrnDomain)
    add("stress", stress)
    add("sasl_method", facts.login?.method)
    add("sasl_username", facts.login?.user)
    add("sasl_sender", facts.login?.sender)
    let certificate = facts.certificate
    let isTrusted = certificate?.isTrusted == true
    add("ccert_subject", isTrusted ? certificate?.subject : nil)
    add("ccert_issuer", isTrusted ? certificate?.issuer : nil)
    add("ccert_fingerprint", certificate?.fingerprint)
    add("ccert_pubkey_fingerprint", certificate?.publicKeyFingerprint)
    add("encryption_protocol", facts.encryption?.protocolName)
    add("encryption_cipher", facts.encryption?.cipher)
    add("encryption_keysize", Bytes(String(facts.encryption?.keySize ?? 0)))
    add("policy_context", context)
    request.append(0x0A)
    return request
  }
}
