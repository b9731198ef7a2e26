import RestrictionDSL
import Runtime

/// Makes a conversation of a reject line: who it was and what was said.
///
/// - Source: facts restrictions.md §4 "Log line"
public enum LogLineReader {
  /// - Parameter line: with or without time stamp and process prefix.
  /// - Returns: `nil` where the line says of no client.
  public static func conversation(_ line: String) -> Conversation? {
    let text = Bytes(line)
    guard let from = find(Bytes(" from "), in: text, from: 0) else { return nil }
    let start = from + 6
    guard let open = text[start...].firstIndex(of: 0x5B),
      let close = text[open...].firstIndex(of: 0x5D),
      let address = IPAddress(text[(open + 1)..<close])
    else { return nil }
    let name = Bytes(text[start..<open])
    var conversation = Conversation(
      client: address, clientName: name == Bytes("unknown") ? .missing : .verified(name))
    // The values stand at the end; a reply text may hold `from=<` too.
    var fields = text.count
    if let semicolon = lastIndex(of: Bytes("; "), in: text) { fields = semicolon }
    conversation.sender = value("from=<", in: text, after: fields).map {
      Bytes("<") + $0 + Bytes(">")
    }
    if let recipient = value("to=<", in: text, after: fields) {
      conversation.recipients = [Bytes("<") + recipient + Bytes(">")]
    }
    conversation.helo = value("helo=<", in: text, after: fields)
    if let proto = find(Bytes(" proto="), in: text, from: fields) {
      conversation.usesEHLO = text[(proto + 7)...].starts(with: Bytes("ESMTP"))
    }
    return conversation
  }

  private static func value(_ name: String, in text: Bytes, after start: Int) -> Bytes? {
    guard let mark = find(Bytes(" " + name), in: text, from: start) else { return nil }
    let first = mark + name.utf8.count + 1
    var end = first
    var isQuoted = false
    while end < text.count, isQuoted || text[end] != 0x3E {
      if text[end] == 0x5C { end += 1 } else if text[end] == 0x22 { isQuoted.toggle() }
      end += 1
    }
    return Bytes(text[first..<min(end, text.count)])
  }

  private static func find(_ word: Bytes, in text: Bytes, from start: Int) -> Int? {
    guard text.count >= word.count + start else { return nil }
    return (start...(text.count - word.count)).first { text[$0...].starts(with: word) }
  }

  private static func lastIndex(of word: Bytes, in text: Bytes) -> Int? {
    guard text.count >= word.count else { return nil }
    // The separator of the fields is the last one before the first field behind it.
    let places = (0...(text.count - word.count)).filter { text[$0...].starts(with: word) }
    return places.last { place in
      ["; from=<", "; to=<", "; proto="].contains { text[place...].starts(with: Bytes($0)) }
    }
  }
}
