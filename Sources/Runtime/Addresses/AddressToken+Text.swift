import RestrictionDSL

extension Array where Element == AddressToken {
  /// The internal form: quoted strings without quotes.
  var internalText: Bytes {
    var result = Bytes()
    appendInternal(to: &result)
    return result
  }

  /// The same address with neighbouring words grown together: no blank appears between them.
  ///
  /// That is how Postfix writes the words of an address that was taken out of a list.
  var joined: [AddressToken] {
    var result: [AddressToken] = []
    for token in self {
      result.append(token)
      while result.count > 1, result.needsBlank(after: result.count - 2) {
        let tail = result.suffix(2).reduce(into: Bytes()) { $0 += [$1].internalText }
        result.replaceSubrange((result.count - 2)..., with: [.atom(tail)])
      }
    }
    return result
  }

  /// The external form of an address that was taken out of a list: token by token.
  var externalText: Bytes {
    reduce(into: Bytes()) { $0.appendExternal($1) }
  }

  /// The text of a header body, one line per address of a list.
  var headerText: Bytes {
    var result = Bytes()
    appendHeader(to: &result)
    return result
  }

  private func appendInternal(to result: inout Bytes) {
    for (index, token) in enumerated() {
      switch token {
      case .address(let parts): parts.appendInternal(to: &result)
      case .comment(let text), .atom(let text), .quoted(let text): result.append(contentsOf: text)
      case .literal(let text):
        result.append(UInt8(ascii: "["))
        result.append(contentsOf: text)
        result.append(UInt8(ascii: "]"))
      case .groupStart: result.append(UInt8(ascii: ":"))
      case .op(let byte): result.append(byte)
      }
      if needsBlank(after: index) { result.append(0x20) }
    }
  }

  private func appendHeader(to result: inout Bytes) {
    for (index, token) in enumerated() {
      result.appendExternal(token)
      if token.isOperator(UInt8(ascii: ",")) {
        result.append(0x0A)
      } else if needsBlank(after: index) {
        result.append(0x20)
      }
    }
  }

  private func needsBlank(after index: Int) -> Bool {
    guard index + 1 < count else { return false }
    let next = self[index + 1]
    if self[index] == .op(UInt8(ascii: ",")) || self[index] == .groupStart
      || next.isOperator(UInt8(ascii: "<"))
    {
      return true
    }
    return self[index].isOperand && next.isOperand
  }
}

extension Array where Element == UInt8 {
  fileprivate mutating func appendExternal(_ token: AddressToken) {
    switch token {
    case .address(let parts): append(contentsOf: MailAddress.external(parts.internalText))
    case .comment(let text), .atom(let text): append(contentsOf: text)
    case .quoted(let text):
      append(UInt8(ascii: "\""))
      appendEscaping(text, quotes: true)
      append(UInt8(ascii: "\""))
    case .literal(let text):
      append(UInt8(ascii: "["))
      appendEscaping(text, quotes: false)
      append(UInt8(ascii: "]"))
    case .groupStart: append(UInt8(ascii: ":"))
    case .op(let byte): append(byte)
    }
  }

  fileprivate mutating func appendEscaping(_ text: Bytes, quotes: Bool) {
    for byte in text {
      if byte == UInt8(ascii: "\\") || byte == 0x0D || byte == 0x0A
        || quotes && byte == UInt8(ascii: "\"")
      {
        append(UInt8(ascii: "\\"))
      }
      append(byte)
    }
  }
}
