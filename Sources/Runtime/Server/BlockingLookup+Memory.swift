import Glibc
import RestrictionDSL

/// getaddrinfo(3) for what is needed once, before the server serves.
///
/// The result list belongs to the C library until freeaddrinfo(3); the family tells the real type of
/// each address in it.
enum BlockingLookup {
  /// All addresses of a host; empty where it has none.
  static func addresses(of host: String) -> [IPAddress] {
    var hints = addrinfo()
    hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    var head: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &head) == 0 else { return [] }
    defer { freeaddrinfo(head) }
    var addresses: [IPAddress] = []
    var entry = head
    while let current = entry {
      entry = current.pointee.ai_next
      guard let raw = UnsafeRawPointer(current.pointee.ai_addr) else { continue }
      let length = Int(current.pointee.ai_addrlen)
      let copied = SocketAddress(filledBy: { target, size in
        guard length <= Int(size) else { return -1 }
        UnsafeMutableRawPointer(target).copyMemory(from: raw, byteCount: length)
        return 0
      })
      if let address = copied?.endpoint?.address { addresses.append(address) }
    }
    return addresses
  }
}
