import RestrictionDSL

/// The hosts file: names and addresses that need no server.
///
/// - Source: hosts(5)
struct HostsFile: Sendable {
  private var addressesByName: [Bytes: [IPAddress]] = [:]
  private var nameByAddress: [IPAddress: Bytes] = [:]

  /// - Parameter text: the file; lines without a readable address are passed over.
  init(_ text: Bytes) {
    for line in text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let content = line.prefix { $0 != 0x23 }
      let words = content.split(whereSeparator: \.isASCIISpace)
      guard words.count > 1, let address = IPAddress(words[0]) else { continue }
      if nameByAddress[address] == nil { nameByAddress[address] = Bytes(words[1]) }
      for word in words.dropFirst() {
        let key = Bytes(word).asciiLowercased
        if addressesByName[key]?.contains(address) != true {
          addressesByName[key, default: []].append(address)
        }
      }
    }
  }

  /// All addresses of a name in the order of the file; empty where it is not there.
  func addresses(of name: Bytes) -> [IPAddress] { addressesByName[name.asciiLowercased] ?? [] }

  /// The first name on the first line of an address.
  func name(of address: IPAddress) -> Bytes? { nameByAddress[address] }
}
