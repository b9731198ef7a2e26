import RestrictionDSL

/// Takes the value of an address header apart, and puts it together again with other addresses.
///
/// How white space, comments and missing commas come out was observed with cleanup(8) of Postfix 3.7.11:
/// `(c1) joe (c2), b@c` becomes `joe@example.com (c1) (c2), b@c`, and `a b` two addresses.
struct HeaderAddresses {
  enum Token {
    case word(Bytes)  // atom, or quoted string with its quotes
    case comment(Bytes)
    case literal(Bytes)
    case special(UInt8)
  }

  /// Pieces that are joined by blanks, and folded between.
  private var pieces: [Bytes] = []
  private var current: Bytes = []
  private var changed = false

  /// Maps all addresses of a header value.
  ///
  /// - Parameter tokenLimit: what lies beyond this many tokens is dropped (header_address_token_limit)
  /// - Parameter map: from internal form to internal form
  /// - Returns: the new header with its name, folded; `nil` where no address changed
  static func mapped(
    _ header: Bytes, nameLength: Int, tokenLimit: Int, map: (Bytes) -> Bytes
  ) -> Bytes? {
    var work = HeaderAddresses()
    let tokens = scan(header, from: nameLength + 1, limit: tokenLimit)
    work.rebuild(tokens, map: map)
    guard work.changed else { return nil }
    var line = Bytes(header[..<(nameLength + 1)])
    var result: Bytes = []
    for piece in work.pieces {
      // A line stays shorter than 70: observed.
      if line.count + 1 + piece.count < 70 || (result.isEmpty && line.count == nameLength + 1) {
        line.append(0x20)
      } else {
        result.append(contentsOf: line)
        result.append(0x0A)
        line = [0x09]
      }
      line.append(contentsOf: piece)
    }
    result.append(contentsOf: line)
    return result
  }

  // MARK: Grammar

  private mutating func rebuild(_ tokens: [Token], map: (Bytes) -> Bytes) {
    var index = 0
    while index < tokens.count {
      let end = segmentEnd(tokens, from: index)
      segment(tokens[index..<end], map: map)
      index = end
      guard index < tokens.count, case .special(let byte) = tokens[index] else { continue }
      index += 1
      switch byte {
      case 0x2C:
        current.append(0x2C)
        flush()
        // Nothing behind the last comma shows as a blank.
        if index == tokens.count { pieces.append([]) }
      case 0x3B:
        current.append(0x3B)
        // Without a comma behind the group, one is supplied.
        if index < tokens.count {
          if case .special(0x2C) = tokens[index] { continue }
          current.append(0x2C)
          flush()
        }
      default: break
      }
    }
    flush()
  }

  /// Index of the comma or semicolon that ends the segment.
  private func segmentEnd(_ tokens: [Token], from start: Int) -> Int {
    var index = start
    var isInRoute = false
    while index < tokens.count {
      if case .special(let byte) = tokens[index] {
        if byte == 0x3C { isInRoute = true }
        if byte == 0x3E { isInRoute = false }
        if byte == 0x3B || (byte == 0x2C && !isInRoute) { return index }
      }
      index += 1
    }
    return index
  }

  private mutating func flush() {
    // An empty place between commas shows as a blank before its comma.
    if !current.isEmpty { pieces.append(current) }
    current = []
  }

  private mutating func word(_ text: Bytes) {
    if let last = current.last, last != 0x20 { current.append(0x20) }
    current.append(contentsOf: text)
  }

  private mutating func segment(_ tokens: ArraySlice<Token>, map: (Bytes) -> Bytes) {
    var tokens = tokens
    // Group name; a route begins with `@`.
    if case .special(0x40)? = tokens.first { return bare(tokens, map: map) }
    if let colon = tokens.firstIndex(where: {
      if case .special(let byte) = $0 { return byte == 0x3A || byte == 0x3C }
      return false
    }), case .special(0x3A) = tokens[colon], colon > tokens.startIndex {
      phrase(tokens[..<colon])
      current.append(0x3A)
      current.append(0x20)
      tokens = tokens[(colon + 1)...]
    }
    while let open = tokens.firstIndex(where: {
      if case .special(0x3C) = $0 { return true }
      return false
    }) {
      guard
        let close = tokens[open...].firstIndex(where: {
          if case .special(0x3E) = $0 { return true }
          return false
        })
      else {
        // Without its end the bracket belongs to the local part.
        var text = HeaderAddresses()
        text.phrase(tokens)
        return word(mapped(text.current, map: map))
      }
      phrase(tokens[..<open])
      let inside = tokens[(open + 1)..<close]
      word([0x3C] + (inside.isEmpty ? [] : address(inside, map: map)) + [0x3E])
      tokens = tokens[(close + 1)...]
      while case .comment(let text)? = tokens.first {
        current.append(contentsOf: text)
        tokens = tokens.dropFirst()
      }
      // Words behind it are addresses; a second bracket is not set apart.
      var hasWords = false
      var hasBracket = false
      for token in tokens {
        switch token {
        case .word, .literal: hasWords = true
        case .special(0x3C): hasBracket = true
        case .special, .comment: break
        }
      }
      if hasWords && !hasBracket {
        current.append(0x2C)
        flush()
      }
    }
    bare(tokens, map: map)
  }

  /// Display name: words and comments, with dots close up.
  private mutating func phrase(_ tokens: ArraySlice<Token>) {
    var isTight = false
    for token in tokens {
      switch token {
      case .word(let text), .comment(let text), .literal(let text):
        if isTight { current.append(contentsOf: text) } else { word(text) }
        isTight = false
      case .special(let byte):
        if byte == 0x3C, let last = current.last, last != 0x20 { current.append(0x20) }
        current.append(byte)
        isTight = true
      }
    }
  }

  /// Addresses without brackets.
  ///
  /// Words that no dot or at-sign joins are addresses of their own.
  private mutating func bare(_ tokens: ArraySlice<Token>, map: (Bytes) -> Bytes) {
    var comments: [Bytes] = []
    var group: [Token] = []
    var isJoined = true
    func finish(_ work: inout HeaderAddresses, isLast: Bool) {
      if !group.isEmpty { work.word(work.address(group[...], map: map)) }
      for comment in comments { work.word(comment) }
      if !isLast && !(group.isEmpty && comments.isEmpty) {
        work.current.append(0x2C)
        work.flush()
      }
      group = []
      comments = []
    }
    for token in tokens {
      switch token {
      case .comment(let text):
        comments.append(text)
        continue
      case .special:
        isJoined = true
      case .word, .literal:
        if !isJoined && !group.isEmpty { finish(&self, isLast: false) }
        isJoined = false
      }
      group.append(token)
    }
    finish(&self, isLast: true)
  }

  /// Maps one address given as tokens; the result is in external form.
  private mutating func address(_ tokens: ArraySlice<Token>, map: (Bytes) -> Bytes) -> Bytes {
    var text: Bytes = []
    for token in tokens {
      switch token {
      case .word(let part), .literal(let part): text.append(contentsOf: part)
      case .special(let byte): text.append(byte)
      case .comment: continue
      }
    }
    return mapped(MailAddress.internal(text), map: map)
  }

  /// Maps an address in internal form; the result is in external form.
  private mutating func mapped(_ plain: Bytes, map: (Bytes) -> Bytes) -> Bytes {
    let result = map(plain)
    if result != plain { changed = true }
    return MailAddress.external(result)
  }
}
