import RestrictionDSL

/// A cursor over a DNS message.
///
/// - Source: RFC 1035 §3.2 (records), §4.1.4 (compression)
struct DNSReader {
  struct Header {
    let responseCode: Int
    let questions: Int
    let answers: Int
    let authorities: Int
  }

  /// A resource record's fixed part and where its data lies.
  struct Record {
    let type: UInt16
    let isInternet: Bool
    let timeToLive: UInt32
    let data: Range<Int>
  }

  enum Value {
    case record(DNSRecord)
    /// The record is well formed, but its name cannot be one of a host.
    case unusable
    case corrupt
  }

  private let message: Bytes
  private var position = 0

  init(_ message: Bytes) { self.message = message }

  mutating func header() -> Header? {
    guard message.count >= 12, message[2] & 0x80 != 0 else { return nil }
    position = 12
    return Header(
      responseCode: Int(message[3] & 15), questions: Int(number16(at: 4) ?? 0),
      answers: Int(number16(at: 6) ?? 0), authorities: Int(number16(at: 8) ?? 0))
  }

  mutating func skip(_ count: Int) -> Bool {
    guard count <= message.count - position else { return false }
    position += count
    return true
  }

  /// The name at the cursor, without its last dot; the cursor moves behind it.
  mutating func name() -> Bytes? {
    guard let (name, end) = name(at: position) else { return nil }
    position = end
    return name
  }

  mutating func record() -> Record? {
    guard name() != nil, let type = number16(at: position), let kind = number16(at: position + 2),
      let ttl = number32(at: position + 4), let length = number16(at: position + 8)
    else { return nil }
    let start = position + 10
    guard Int(length) <= message.count - start else { return nil }
    position = start + Int(length)
    // RFC 2181 §8: a TTL with the highest bit set means 0.
    return Record(
      type: type, isInternet: kind == 1, timeToLive: ttl > 0x7FFF_FFFF ? 0 : ttl,
      data: start..<position)
  }

  /// The name that is the whole data of a record.
  func name(in record: Record) -> Bytes? { name(at: record.data.lowerBound)?.name }

  func value(of record: Record, type: DNSType, askedFor name: Bytes, log: inout [String]) -> Value {
    let ttl = record.timeToLive
    let data = message[record.data]
    switch type {
    case .a:
      guard data.count == 4, let address = number32(at: data.startIndex) else { return .corrupt }
      return .record(.address(.v4(address), ttl: ttl))
    case .aaaa:
      guard data.count == 16 else { return .corrupt }
      return .record(
        .address(.v6(number64(at: data.startIndex), number64(at: data.startIndex + 8)), ttl: ttl))
    case .mx:
      guard let preference = number16(at: data.startIndex), data.count >= 3,
        let (host, _) = self.name(at: data.startIndex + 2)
      else { return .corrupt }
      // RFC 7505: "." is the null MX.
      guard host.isEmpty || DNSName.isUsable(host, of: type, askedFor: name, log: &log) else {
        return .unusable
      }
      return .record(.mx(preference: preference, host: host, ttl: ttl))
    case .ns, .cname:
      guard let host = self.name(in: record) else { return .corrupt }
      guard DNSName.isUsable(host, of: type, askedFor: name, log: &log) else { return .unusable }
      return .record(.host(host, ttl: ttl))
    case .soa, .ptr:
      // The name of an address is judged by who asked: the first one counts, good or bad.
      guard let host = self.name(in: record) else { return .corrupt }
      return .record(.host(host, ttl: ttl))
    case .txt:
      guard let text = text(in: data) else { return .corrupt }
      return .record(.text(text, ttl: ttl))
    }
  }

  /// The time that SOA allows for a negative answer; 0 where the reply has none.
  mutating func negativeTTL(authorities: Int) -> UInt32 {
    for _ in 0..<authorities {
      guard let record = record() else { return 0 }
      guard record.isInternet, record.type == DNSType.soa.rawValue, record.data.count >= 20,
        let minimum = number32(at: record.data.upperBound - 4)
      else { continue }
      return min(record.timeToLive, minimum)
    }
    return 0
  }

  /// The first string of a TXT record, as the original shows it: its other strings are not looked
  /// at, bytes that cannot be printed are blanks (observed).
  private func text(in data: ArraySlice<UInt8>) -> Bytes? {
    guard let length = data.first else { return nil }
    return data.dropFirst().prefix(Int(length)).map { $0.isASCIIPrintable ? $0 : 0x20 }
  }

  /// - Returns: the name in text form, and where the cursor goes on.
  private func name(at start: Int) -> (name: Bytes, end: Int)? {
    var name = Bytes()
    var position = start
    var end: Int?
    // Invariant: a pointer must lead to before the lowest place seen, so the walk ends.
    var lowest = start
    while true {
      guard position < message.count else { return nil }
      let length = Int(message[position])
      switch length {
      case 0: return (name, end ?? position + 1)
      case 1..<64:
        guard length < message.count - position, name.count + length < 255 else { return nil }
        if !name.isEmpty { name.append(0x2E) }
        name.append(contentsOf: message[position + 1...position + length])
        position += length + 1
      case 192...:
        guard let pointer = number16(at: position) else { return nil }
        if end == nil { end = position + 2 }
        position = Int(pointer & 0x3FFF)
        guard position < lowest else { return nil }
        lowest = position
      default: return nil
      }
    }
  }

  private func number16(at index: Int) -> UInt16? {
    guard index + 2 <= message.count else { return nil }
    return UInt16(message[index]) << 8 | UInt16(message[index + 1])
  }

  private func number32(at index: Int) -> UInt32? {
    guard index + 4 <= message.count else { return nil }
    return message[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The caller has checked that 8 bytes are there.
  private func number64(at index: Int) -> UInt64 {
    message[index..<index + 8].reduce(0) { $0 << 8 | UInt64($1) }
  }
}
