import RestrictionDSL
import Runtime

/// Makes a conversation of a reject line: who it was and what was said.
///
/// - Source: facts restrictions.md §4 "Log line"
public enum LogLineReader {
  /// - Parameter line: with or without time stamp and process prefix.
  /// - Returns: `nil` where the line says of no client.
  public static func conversation(_ line: String) -> Conversation? {
    var text = Bytes(line)
    while let last = text.last, last == 0x0A || last == 0x0D || last == 0x20 { text.removeLast() }
    guard let from = find(Bytes(" from "), in: text, from: 0),
      let (client, afterClient) = client(in: text, from: from + 6)
    else { return nil }
    var conversation = client
    // The values stand at the end; a reply text may hold `from=<` too.
    var fields = text.count
    if let semicolon = lastIndex(of: Bytes("; "), in: text) { fields = semicolon }
    let sender = value("from=<", in: text, after: fields)
    let recipient = value("to=<", in: text, after: fields)
    conversation.helo = value("helo=<", in: text, after: fields)
    if let proto = find(Bytes(" proto="), in: text, from: fields) {
      conversation.usesEHLO = text[(proto + 7)...].starts(with: Bytes("ESMTP"))
    }
    let reply = Bytes(text[min(afterClient, fields)..<fields])
    let verb = verb(in: text, before: from)
    conversation.improperPipelining =
      find(Bytes("Improper use of SMTP command pipelining"), in: reply, from: 0) != nil
    switch verb {
    case "EHLO", "HELO": conversation.usesEHLO = verb == "EHLO"
    case "VRFY", "ETRN":
      guard let argument = recipient ?? site(in: text, reply, before: from) ?? conversation.helo
      else { break }
      conversation.script = script(conversation, sender, verb, argument)
    default:
      conversation.sender = sender.map { Bytes("<") + $0 + Bytes(">") }
      conversation.recipients = recipient.map { [Bytes("<") + $0 + Bytes(">")] } ?? []
      conversation.smtputf8 = ((sender ?? []) + (recipient ?? [])).contains { $0 > 0x7F }
      if verb == "MAIL", find(Bytes("Message size exceeds"), in: reply, from: 0) != nil {
        conversation.size = Int(Int32.max)
      }
    }
    return conversation
  }

  /// The argument of ETRN: `warning: reject: ETRN example.org... from`, or the refusal of it alone.
  ///
  /// Other refusals do not tell; clients mostly mean themselves.
  private static func site(in text: Bytes, _ reply: Bytes, before end: Int) -> Bytes? {
    if let word = text[..<end].split(separator: 0x20).last, word.suffix(3) == Bytes("...")[...] {
      return Bytes(word.dropLast(3))
    }
    return find(Bytes(">: Etrn "), in: reply, from: 0) == nil ? nil : subject(of: reply)
  }

  /// What the client was told, in a line about a refusal.
  public static func reply(_ line: String) -> String? {
    guard line.contains(": reject: ") || line.contains(": reject_warning: ") else { return nil }
    let text = Bytes(line)
    guard let from = find(Bytes(" from "), in: text, from: 0),
      let mark = find(Bytes("]: "), in: text, from: from)
        ?? find(Bytes(": "), in: text, from: from),
      let end = lastIndex(of: Bytes("; "), in: text)
    else { return nil }
    let start = text[mark...].firstIndex(of: 0x20).map { $0 + 1 } ?? mark
    return start < end && line.contains(": reject: ") ? text[start..<end].text : nil
  }

  /// `name[address]` or `name[address]:port`.
  ///
  /// A client whose name is not known may have none, or one that does not lead back: the DNS says it.
  private static func client(
    in text: Bytes, from start: Int
  ) -> (conversation: Conversation, end: Int)? {
    guard let open = text[start...].firstIndex(of: 0x5B),
      let close = text[open...].firstIndex(of: 0x5D),
      let address = IPAddress(text[(open + 1)..<close])
    else { return nil }
    let name = Bytes(text[start..<open])
    var conversation = Conversation(
      client: address, clientName: name == Bytes("unknown") ? nil : .verified(name))
    if text[(close + 1)...].first == 0x3A {
      let digits = text[(close + 2)...].prefix { $0 >= 0x30 && $0 <= 0x39 }
      if let port = UInt16(digits.text) { conversation.clientPort = port }
    }
    return (conversation, close + 1)
  }

  /// The command, in front of ` from `.
  private static func verb(in text: Bytes, before end: Int) -> String {
    let words = text[..<end].split(separator: 0x20).map(\.text)
    guard let last = words.last else { return "" }
    return last.hasSuffix("...") ? words.dropLast().last ?? "" : last
  }

  /// What stands in brackets behind the code of a reply: `554 5.7.1 <example.org>: …`.
  private static func subject(of reply: Bytes) -> Bytes? {
    guard let open = reply.firstIndex(of: 0x3C),
      let close = find(Bytes(">: "), in: reply, from: open)
    else { return nil }
    return Bytes(reply[(open + 1)..<close])
  }

  private static func script(
    _ client: Conversation, _ sender: Bytes?, _ verb: String, _ argument: Bytes
  ) -> Script {
    var lines = Bytes()
    if let helo = client.helo {
      lines += Bytes(client.usesEHLO ? "EHLO " : "HELO ") + helo + [0x0A]
    }
    if let sender { lines += Bytes("MAIL FROM:<") + sender + Bytes(">\n") }
    return Script(lines: lines + Bytes(verb + " ") + argument + Bytes("\nQUIT\n"))
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
