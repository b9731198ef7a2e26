import RestrictionDSL

/// A DNS reply, taken apart: what it says about one name and type.
///
/// Every read is bounded by the message and every compression pointer must point backwards, so a
/// reply of any bytes is taken apart in time proportional to its length.
///
/// - Source: RFC 1035 §4.1, RFC 2308 §5 (negative answers)
struct DNSReply: Hashable, Sendable {
  /// The outcome for the name that was asked.
  enum Outcome: Hashable, Sendable {
    case answer(DNSAnswer)
    /// No record of the type, but the name is an alias of this one: ask again.
    case alias(Bytes)
  }

  let outcome: Outcome

  /// How long the answer may be kept: the least TTL of its records, for a negative answer what SOA
  /// says; 0 where it must not be kept.
  ///
  /// - Unit: seconds
  let timeToLive: UInt32

  /// Log lines about records that were left out, with their severity prefix.
  let log: [String]

  private init(_ outcome: Outcome, timeToLive: UInt32 = 0, log: [String] = []) {
    self.outcome = outcome
    self.timeToLive = timeToLive
    self.log = log
  }

  /// Takes a reply apart.
  ///
  /// Records of the type count whatever name they stand under: servers put a whole alias chain
  /// into one reply.
  init(_ message: Bytes, name: Bytes, type: DNSType) {
    var reader = DNSReader(message)
    guard let header = reader.header() else {
      self.init(.answer(.temporary))
      return
    }
    guard header.responseCode == 0 || header.responseCode == 3 else {
      // SERVFAIL, NOTIMP and REFUSED: another server might know. FORMERR and the rest never will.
      let mayGoAway = [2, 4, 5].contains(header.responseCode)
      self.init(.answer(mayGoAway ? .temporary : .malformed))
      return
    }
    for _ in 0..<header.questions {
      guard reader.name() != nil, reader.skip(4) else {
        self.init(.answer(.temporary))
        return
      }
    }
    var records: [DNSRecord] = []
    var alias: Bytes?
    var leastTTL = UInt32.max
    var leftOut = false
    var log: [String] = []
    for _ in 0..<header.answers {
      guard let record = reader.record() else {
        self.init(.answer(.temporary))
        return
      }
      guard record.isInternet else { continue }
      if record.type == DNSType.cname.rawValue && type != .cname {
        guard let target = reader.name(in: record) else {
          self.init(.answer(.temporary))
          return
        }
        guard DNSName.isUsable(target, of: .cname, askedFor: name, log: &log) else {
          leftOut = true
          continue
        }
        alias = target
        leastTTL = min(leastTTL, record.timeToLive)
      } else if record.type == type.rawValue {
        switch reader.value(of: record, type: type, askedFor: name, log: &log) {
        case .record(let value):
          records.append(value)
          leastTTL = min(leastTTL, record.timeToLive)
          // A null MX is the whole answer, whatever stands beside it (observed).
          if case .mx(_, [], _) = value {
            self.init(.answer(.records([value])), timeToLive: leastTTL, log: log)
            return
          }
        case .unusable: leftOut = true
        case .corrupt:
          self.init(.answer(.temporary))
          return
        }
      }
    }
    if !records.isEmpty {
      self.init(.answer(.records(records)), timeToLive: leastTTL, log: log)
    } else if leftOut {
      self.init(.answer(.malformed), log: log)
    } else if let alias, header.responseCode == 0 {
      self.init(.alias(alias), log: log)
    } else {
      self.init(
        .answer(header.responseCode == 3 ? .noName : .noData),
        timeToLive: reader.negativeTTL(authorities: header.authorities), log: log)
    }
  }
}
