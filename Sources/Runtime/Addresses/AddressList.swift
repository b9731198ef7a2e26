import RestrictionDSL

/// Groups the tokens of a header or command argument into addresses.
///
/// The work goes from right to left, because only what follows tells whether a word belongs to an
/// address or to the phrase before it. What is not understood stays as it is; a missing comma
/// between two addresses is put in.
///
/// - Source: RFC 822 §6.1; facts smtp-session.md §5
struct AddressList {
  /// Addresses as ``AddressToken/address(_:)``, everything else as separate tokens.
  var tokens: [AddressToken]

  /// - Parameter tokenLimit: what lies beyond is dropped; 0 for no limit.
  init(parsing text: Span<UInt8>, tokenLimit: Int = 0) {
    var grouping = Grouping()
    tokens = grouping.group(AddressToken.scan(text, limit: tokenLimit))
  }

  /// The tokens of each address, in order.
  var addresses: [[AddressToken]] {
    tokens.compactMap { token in
      if case .address(let parts) = token { return parts }
      return nil
    }
  }

  /// The state of the walk; both lists are collected in reverse order.
  private struct Grouping {
    /// Tokens not yet known to be an address.
    private var pending: [AddressToken] = []
    /// The result, from its end.
    private var done: [AddressToken] = []
    /// A word may come next without starting another address.
    private var expectsWord = true
    private var inGroup = false

    mutating func group(_ scanned: [AddressToken]) -> [AddressToken] {
      var rest = scanned[...]
      while let token = rest.last {
        switch token {
        case .comment:
          done.append(token)
          rest.removeLast()
        case .op(UInt8(ascii: ";")):
          close(withComma: true)
          move(&rest)
          inGroup = true
          expectsWord = true
        case .op(UInt8(ascii: ":")) where inGroup:
          close(withComma: false)
          done.append(.groupStart)
          rest.removeLast()
          while let other = rest.last, !other.isOperator(UInt8(ascii: ",")) { move(&rest) }
        case .op(UInt8(ascii: ">")):
          route(&rest)
        case .atom, .quoted, .literal:
          if !expectsWord { close(withComma: true) }
          pending.append(token)
          rest.removeLast()
          expectsWord = false
        case .op(UInt8(ascii: ",")):
          close(withComma: false)
          move(&rest)
          expectsWord = true
        case .op, .groupStart, .address:
          pending.append(token)
          rest.removeLast()
          expectsWord = true
        }
      }
      close(withComma: false)
      return done.reversed()
    }

    /// `phrase <address>`: the address is what stands between the brackets, and the phrase goes as
    /// far as the next separator.
    private mutating func route(_ rest: inout ArraySlice<AddressToken>) {
      close(withComma: true)
      move(&rest)
      while let token = rest.last, !token.isOperator(UInt8(ascii: "<")) {
        if case .comment = token { done.append(token) } else { pending.append(token) }
        rest.removeLast()
      }
      close(withComma: false)
      while let token = rest.last {
        if case .op(let byte) = token,
          byte == UInt8(ascii: ">") || byte == UInt8(ascii: ";")
            || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":")
        {
          break
        }
        move(&rest)
      }
      if let token = rest.last, token.isOperator(UInt8(ascii: ":")), !inGroup { move(&rest) }
      expectsWord = true
    }

    private mutating func move(_ rest: inout ArraySlice<AddressToken>) {
      if let token = rest.popLast() { done.append(token) }
    }

    private mutating func close(withComma: Bool) {
      guard !pending.isEmpty else { return }
      done.append(.address(pending.reversed()))
      if withComma { done.append(.op(UInt8(ascii: ","))) }
      pending.removeAll(keepingCapacity: true)
    }
  }
}
