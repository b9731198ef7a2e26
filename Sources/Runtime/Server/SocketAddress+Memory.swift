import CSystem
import Glibc
import RestrictionDSL

/// An Internet or local socket address as the kernel wants it.
///
/// sockaddr_storage is large and aligned enough for every family (POSIX <sys/socket.h>), so a
/// pointer to it may be taken for one to the family's own structure.
public struct SocketAddress {
  private var storage = sockaddr_storage()
  private var length: socklen_t = 0

  public init(_ address: IPAddress, port: UInt16) {
    switch address {
    case .v4(let value):
      var inet = sockaddr_in()
      inet.sin_family = sa_family_t(AF_INET)
      inet.sin_port = port.bigEndian
      inet.sin_addr.s_addr = value.bigEndian
      store(inet)
    case .v6(let high, let low):
      var inet = sockaddr_in6()
      inet.sin6_family = sa_family_t(AF_INET6)
      inet.sin6_port = port.bigEndian
      withUnsafeMutableBytes(of: &inet.sin6_addr) {
        $0.storeBytes(of: high.bigEndian, as: UInt64.self)
        $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
      }
      store(inet)
    }
  }

  /// A local socket.
  ///
  /// - Returns: `nil` where the path does not fit.
  public init?(path: String) {
    var local = sockaddr_un()
    local.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: local.sun_path) else {
      return nil
    }
    withUnsafeMutableBytes(of: &local.sun_path) { $0.copyBytes(from: bytes) }
    store(local)
  }

  /// The address that `fill` (accept4(2), getsockname(2) …) writes.
  ///
  /// - Returns: `nil` where `fill` fails, that is, returns a negative number.
  public init?(
    filledBy fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
  ) {
    length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let status = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { fill($0, &length) }
    }
    guard status >= 0 else { return nil }
  }

  private mutating func store<T>(_ value: T) {
    length = socklen_t(MemoryLayout<T>.size)
    withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: value, as: T.self) }
  }

  /// The address family: AF_INET, AF_INET6 or AF_UNIX.
  public var family: CInt { CInt(storage.ss_family) }

  /// Address and port of an Internet socket; an IPv4-mapped IPv6 address as IPv4.
  public var endpoint: (address: IPAddress, port: UInt16)? {
    withUnsafeBytes(of: storage) { bytes in
      switch family {
      case AF_INET:
        let inet = bytes.load(as: sockaddr_in.self)
        return (.v4(UInt32(bigEndian: inet.sin_addr.s_addr)), UInt16(bigEndian: inet.sin_port))
      case AF_INET6:
        let inet = bytes.load(as: sockaddr_in6.self)
        let (high, low) = withUnsafeBytes(of: inet.sin6_addr) {
          ($0.load(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        let address = IPAddress.v6(UInt64(bigEndian: high), UInt64(bigEndian: low))
        return (address.unmapped, UInt16(bigEndian: inet.sin6_port))
      default: return nil
      }
    }
  }

  /// Lends the address to a system call.
  public func withPointer<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
