/// Takes a message apart into header and body keys (`-q -` with -h, -b, -m).
///
/// A line that is no header ends the header block as an empty line would. With MIME, headers of
/// parts and of attached messages are header keys too.
///
/// - Source: postmap(1) -b -h -m; header_checks(5); facts postmap §3
struct MessageReader {
  /// One key.
  enum Item {
    case header([UInt8])
    case body([UInt8])
  }

  private enum State { case header, body }

  /// A part whose boundary may come.
  private struct Multipart {
    let boundary: [UInt8]
    /// Its parts are messages unless they say otherwise.
    let isDigest: Bool
  }

  private let isMIME: Bool
  private var state = State.header
  private var header: [UInt8] = []
  private var multiparts: [Multipart] = []
  private var type = ContentType()
  // The headers are those of the message itself.
  private var isPrimary = true

  /// Parts inside parts, as mime_nesting_limit has it.
  private static let nestingLimit = 100

  init(isMIME: Bool) { self.isMIME = isMIME }

  /// The header block has ended.
  var isInBody: Bool { if case .body = state { true } else { false } }

  mutating func read(_ line: [UInt8]) -> [Item] {
    switch state {
    case .header: readHeader(line)
    case .body: readBody(line)
    }
  }

  /// What is still open at the end of the input.
  mutating func finish() -> [Item] { flush() }

  private mutating func readHeader(_ line: [UInt8]) -> [Item] {
    if let first = line.first, first == 0x20 || first == 0x09, !header.isEmpty {
      header += [0x0A] + line
      return []
    }
    var items = flush()
    if let name = headerName(line) {
      // Blanks between the name and its colon are dropped.
      header = Array(line[..<name.end]) + line[name.colon...]
      return items
    }
    // Only in the message's own headers such a line also ends them as an empty line would.
    if line.isEmpty || isPrimary { items.append(.body([])) }
    endHeaders()
    if !line.isEmpty { items += read(line) }
    return items
  }

  private mutating func readBody(_ line: [UInt8]) -> [Item] {
    if isMIME, let next = boundary(line) {
      state = next ? .header : .body
      type = next && multiparts.last?.isDigest == true ? .message : ContentType()
    }
    return [.body(line)]
  }

  private mutating func flush() -> [Item] {
    guard !header.isEmpty else { return [] }
    defer { header = [] }
    if isMIME, let value = ContentType.value(ofHeader: header) {
      type = ContentType(value)
      // Each boundary counts, those of a repeated parameter or header too.
      for boundary in type.boundaries where multiparts.count < MessageReader.nestingLimit {
        multiparts.append(Multipart(boundary: boundary, isDigest: type.isDigest))
      }
    }
    return [.header(header)]
  }

  private mutating func endHeaders() {
    state = .body
    isPrimary = false
    guard isMIME else { return }
    if type.isMessage { state = .header }
    type = ContentType()
  }

  /// Whether the line is a boundary of an open part; `true` where a part begins, `false` where
  /// the last one ends.
  private mutating func boundary(_ line: [UInt8]) -> Bool? {
    guard line.starts(with: [0x2D, 0x2D]) else { return nil }
    let text = line.dropFirst(2)
    for depth in multiparts.indices.reversed() {
      let boundary = multiparts[depth].boundary
      guard text.starts(with: boundary) else { continue }
      let isEnd = text.dropFirst(boundary.count).starts(with: [0x2D, 0x2D])
      multiparts.removeSubrange((isEnd ? depth : depth + 1)...)
      return !isEnd
    }
    return nil
  }

  /// Where the field name ends and where its colon stands; `nil` where the line is no header.
  private func headerName(_ line: [UInt8]) -> (end: Int, colon: Int)? {
    var end = 0
    while end < line.count, line[end] > 0x20, line[end] < 0x7F, line[end] != 0x3A { end += 1 }
    guard end > 0 else { return nil }
    var colon = end
    while colon < line.count, line[colon] == 0x20 || line[colon] == 0x09 { colon += 1 }
    guard colon < line.count, line[colon] == 0x3A else { return nil }
    return (end, colon)
  }
}

/// What a Content-Type header says about the structure.
struct ContentType {
  /// Of a multipart type.
  private(set) var boundaries: [[UInt8]] = []

  /// An attached message, whose headers follow.
  private(set) var isMessage = false

  /// Of a multipart whose parts are messages.
  private(set) var isDigest = false

  /// text/plain.
  init() {}

  /// message/rfc822.
  static var message: ContentType {
    var type = ContentType()
    type.isMessage = true
    return type
  }

  init(_ value: [UInt8]) {
    let tokens = ContentType.tokens(value)
    guard let type = tokens.first.map(lower) else { return }
    let hasSubtype = tokens.count >= 3 && tokens[1] == [0x2F]
    let subtype = hasSubtype ? lower(tokens[2]) : ""
    isMessage = type == "message" && (subtype == "rfc822" || subtype == "global")
    guard type == "multipart" else { return }
    isDigest = subtype == "digest"
    var index = hasSubtype ? 3 : 1
    while index + 3 < tokens.count {
      if tokens[index] == [0x3B], lower(tokens[index + 1]) == "boundary",
        tokens[index + 2] == [0x3D], !tokens[index + 3].isEmpty
      {
        boundaries.append(tokens[index + 3])
      }
      index += 1
    }
  }

  /// The value of a Content-Type header.
  static func value(ofHeader header: [UInt8]) -> [UInt8]? {
    guard let colon = header.firstIndex(of: 0x3A),
      String(decoding: header[..<colon], as: UTF8.self).lowercased() == "content-type"
    else { return nil }
    return Array(header[(colon + 1)...])
  }

  private func lower(_ token: [UInt8]) -> String {
    String(decoding: token, as: UTF8.self).lowercased()
  }

  /// Words, quoted strings without their quotes, and single specials; comments are left out.
  private static func tokens(_ text: [UInt8]) -> [[UInt8]] {
    var tokens: [[UInt8]] = []
    var index = 0
    while index < text.count {
      let byte = text[index]
      switch byte {
      case 0x20, 0x09...0x0D: index += 1
      case 0x28: index = skipComment(text, index)
      case 0x22:
        var word: [UInt8] = []
        index += 1
        while index < text.count, text[index] != 0x22 {
          if text[index] == 0x5C, index + 1 < text.count { index += 1 }
          if text[index] != 0x0A { word.append(text[index]) }
          index += 1
        }
        index += 1
        tokens.append(word)
      case _ where isSpecial(byte):
        tokens.append([byte])
        index += 1
      default:
        let start = index
        while index < text.count, !isSpecial(text[index]), text[index] > 0x20 { index += 1 }
        tokens.append(Array(text[start..<index]))
        if index == start { index += 1 }
      }
    }
    return tokens
  }

  private static func skipComment(_ text: [UInt8], _ start: Int) -> Int {
    var depth = 0
    var index = start
    while index < text.count {
      if text[index] == 0x5C {
        index += 1
      } else if text[index] == 0x28 {
        depth += 1
      } else if text[index] == 0x29 {
        depth -= 1
        if depth == 0 { return index + 1 }
      }
      index += 1
    }
    return index
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    Array("()<>@,;:\\\"/[]?=".utf8).contains(byte)
  }
}
