import CSystem
import Glibc
import RestrictionDSL

/// The order in which getaddrinfo(3) gives addresses: usable ones first, then IPv6 before IPv4, else
/// as the name server gave them.
///
/// - Source: RFC 6724 §6 rules 1 and 6, with the default policy table
enum AddressOrder {
  static func sorted(_ addresses: [IPAddress]) -> [IPAddress] {
    guard addresses.contains(where: { $0.bitWidth == 32 }),
      addresses.contains(where: { $0.bitWidth == 128 })
    else { return addresses }
    let ranked = addresses.enumerated().map { index, address in
      (
        rank: (isReachable(address) ? 0 : 2) + (address.bitWidth == 128 ? 0 : 1), index: index,
        address: address
      )
    }
    return ranked.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map(\.address)
  }

  /// Whether the machine has a route and a source address: connect(2) on a datagram socket sends
  /// nothing.
  private static func isReachable(_ address: IPAddress) -> Bool {
    let target = SocketAddress(address, port: 53)
    let fd = socket(target.family, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard fd >= 0 else { return false }
    defer { close(fd) }
    return target.withPointer { connect(fd, $0, $1) } == 0
  }
}
