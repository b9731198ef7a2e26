import CSystem
import Glibc
import RestrictionDSL

/// The network interfaces of this machine.
public enum InterfaceAddresses {
  /// Addresses of all interfaces that are up, in the order of getifaddrs(3); empty where it fails.
  public static func current() -> [IPAddress] {
    var head: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&head) == 0 else { return [] }
    defer { freeifaddrs(head) }
    var addresses: [IPAddress] = []
    var entry = head
    // Sound: getifaddrs(3) owns the list until freeifaddrs, and the family tells the real type of
    // each address.
    while let current = entry {
      entry = current.pointee.ifa_next
      guard current.pointee.ifa_flags & UInt32(truncatingIfNeeded: IFF_UP) != 0,
        let name = current.pointee.ifa_addr
      else { continue }
      switch CInt(name.pointee.sa_family) {
      case AF_INET:
        let raw = UnsafeRawPointer(name).load(as: sockaddr_in.self)
        addresses.append(.v4(UInt32(bigEndian: raw.sin_addr.s_addr)))
      case AF_INET6:
        let raw = UnsafeRawPointer(name).load(as: sockaddr_in6.self)
        let bytes = withUnsafeBytes(of: raw.sin6_addr) { Bytes($0) }
        addresses.append(IPAddress(networkBytes: bytes))
      default: continue
      }
    }
    return addresses
  }
}

extension IPAddress {
  /// 16 bytes in network order.
  fileprivate init(networkBytes bytes: Bytes) {
    let high = bytes[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let low = bytes[8..<16].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    self = .v6(high, low)
  }
}
