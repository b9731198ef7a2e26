import Glibc

extension MachineFacts {
  /// This machine and this process.
  ///
  /// Called by the executables; everything else gets the facts as a value.
  public static var current: MachineFacts {
    MachineFacts(
      hostName: currentHostName(), interfaces: currentInterfaces(), processID: Int(getpid()))
  }

  private static func currentHostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func currentInterfaces() -> [Interface] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    var found: [Interface] = []
    // The list and the addresses in it live until freeifaddrs(3).
    var next = list
    while let entry = next {
      next = entry.pointee.ifa_next
      guard entry.pointee.ifa_flags & UInt32(IFF_UP) != 0,
        let address = entry.pointee.ifa_addr, let mask = entry.pointee.ifa_netmask,
        let own = ipAddress(address), let bits = ipAddress(mask, family: address.pointee.sa_family)
      else { continue }
      let length = (0..<bits.bitWidth).first { !bits.bit($0) } ?? bits.bitWidth
      found.append(Interface(address: own, prefixLength: length))
    }
    return found
  }

  private static func ipAddress(
    _ pointer: UnsafeMutablePointer<sockaddr>, family: sa_family_t? = nil
  ) -> IPAddress? {
    switch CInt(family ?? pointer.pointee.sa_family) {
    case AF_INET:
      // The family says which structure is behind the pointer.
      let value = UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr
      return .v4(UInt32(bigEndian: value))
    case AF_INET6:
      let value = UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in6.self).sin6_addr
      let (high, low) = unsafeBitCast(value, to: (UInt64, UInt64).self)
      return .v6(UInt64(bigEndian: high), UInt64(bigEndian: low))
    default:
      return nil
    }
  }
}

extension MachineFacts {
  /// The addresses of a host name, as getaddrinfo(3) finds them; empty where there are none.
  public static func addresses(ofHost name: String) -> [IPAddress] {
    var hints = addrinfo()
    hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: [IPAddress] = []
    // The list lives until freeaddrinfo(3).
    var next = list
    while let entry = next {
      next = entry.pointee.ai_next
      guard let pointer = entry.pointee.ai_addr, let address = ipAddress(pointer),
        !found.contains(address)
      else { continue }
      found.append(address)
    }
    return found
  }
}
