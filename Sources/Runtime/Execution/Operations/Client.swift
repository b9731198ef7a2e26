import RestrictionDSL

/// Restrictions about the client.
///
/// - Source: facts restrictions.md §5.2
extension Evaluation {
  func permitInetInterfaces() throws(Suspension) -> Outcome {
    guard let address = facts.socketAddress, context.ownAddresses.interfaces.contains(address)
    else {
      return .dunno
    }
    return try permit(Bytes(restriction), .subject(.client))
  }

  func permitMynetworks(_ action: String) throws(Suspension) -> Outcome {
    guard
      try matches(
        context.mynetworks, facts.client.name, address: facts.client.addressText,
        ip: facts.client.address)
    else { return .dunno }
    if let style = parameters.compatibility.mynetworksStyle {
      log(
        "using backwards-compatible default setting mynetworks_style=\(style) to permit request"
          + " from client \"\(facts.client.nameAndAddress.text)\"")
    }
    return try permit(Bytes(action), .subject(.client))
  }

  func rejectUnknownClient() -> Outcome {
    let code: Int
    switch facts.client.nameStatus {
    case .ok: return .dunno
    case .permanent, .forged: code = parameters.unknownClientRejectCode
    case .temporary: code = 450
    }
    return reject(
      Rejection(code, Bytes("4.7.25"), .plain(ReplyTexts.unknownClient(facts.client.addressText))))
  }

  func rejectUnknownReverseClient() -> Outcome {
    let code: Int
    switch facts.client.reverseNameStatus {
    case .ok: return .dunno
    case .permanent: code = parameters.unknownClientRejectCode
    case .temporary, .forged: code = 450
    }
    return reject(
      Rejection(
        code, Bytes("4.7.1"), .plain(ReplyTexts.unknownReverseClient(facts.client.addressText))))
  }
}
