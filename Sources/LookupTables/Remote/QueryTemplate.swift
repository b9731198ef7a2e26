import RestrictionDSL

/// A text with `%s`, `%u`, `%d`, `%S`, `%U`, `%D`, `%1`…`%9` and `%%`.
///
/// - Source: sqlite_table(5), ldap_table(5), memcache_table(5)
struct QueryTemplate: Hashable, Sendable {
  enum Piece: Hashable, Sendable {
    case literal(Bytes)
    /// `%s`
    case value
    /// `%u`
    case valueUser
    /// `%d`
    case valueDomain
    /// `%S`
    case key
    /// `%U`
    case keyUser
    /// `%D`
    case keyDomain
    /// `%1`…`%9`: label of the key's domain, the last one being 1.
    case keyLabel(Int)
  }

  let pieces: [Piece]

  /// - Returns: `nil` where a `%` is followed by something else
  init?(_ text: String) {
    var pieces: [Piece] = []
    var literal = Bytes()
    var bytes = Bytes(text).makeIterator()
    while let byte = bytes.next() {
      guard byte == UInt8(ascii: "%") else {
        literal.append(byte)
        continue
      }
      let piece: Piece
      switch bytes.next() {
      case UInt8(ascii: "%"):
        literal.append(UInt8(ascii: "%"))
        continue
      case UInt8(ascii: "s"): piece = .value
      case UInt8(ascii: "u"): piece = .valueUser
      case UInt8(ascii: "d"): piece = .valueDomain
      case UInt8(ascii: "S"): piece = .key
      case UInt8(ascii: "U"): piece = .keyUser
      case UInt8(ascii: "D"): piece = .keyDomain
      case let digit? where (0x31...0x39).contains(digit): piece = .keyLabel(Int(digit) - 0x30)
      default: return nil
      }
      if !literal.isEmpty { pieces.append(.literal(literal)) }
      literal = []
      pieces.append(piece)
    }
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    self.pieces = pieces
  }

  /// Nothing of the key or the value is in it.
  var isConstant: Bool {
    pieces.allSatisfy { if case .literal = $0 { true } else { false } }
  }

  /// The text for a value and a key.
  ///
  /// - Parameter quote: what becomes of every part that is put in
  func text(
    value: AddressParts, key: AddressParts, quote: (Bytes) -> Bytes
  ) -> Bytes {
    var text = Bytes()
    for piece in pieces {
      switch piece {
      case .literal(let bytes): text += bytes
      case .value: text += quote(value.whole)
      case .valueUser: text += quote(value.user)
      case .valueDomain: text += quote(value.domain ?? [])
      case .key: text += quote(key.whole)
      case .keyUser: text += quote(key.user)
      case .keyDomain: text += quote(key.domain ?? [])
      case .keyLabel(let number): text += quote(key.label(number) ?? [])
      }
    }
    return text
  }
}

/// A key or a value, taken apart at its last `@`.
struct AddressParts {
  let whole: Bytes
  /// There is an `@`.
  let isAddress: Bool
  /// Without `@`, all of it.
  let user: Bytes
  /// `nil` without `@`, and where nothing stands behind it.
  let domain: Bytes?

  init(_ text: Bytes) {
    whole = text
    guard let at = text.lastIndex(of: UInt8(ascii: "@")) else {
      user = text
      domain = nil
      isAddress = false
      return
    }
    isAddress = true
    user = Bytes(text[..<at])
    domain = at + 1 < text.count ? Bytes(text[(at + 1)...]) : nil
  }

  /// A label of the domain, counted from its end; empty ones do not count.
  func label(_ number: Int) -> Bytes? {
    guard let labels = domain?.split(separator: UInt8(ascii: ".")), number <= labels.count else {
      return nil
    }
    return Bytes(labels[labels.count - number])
  }
}
