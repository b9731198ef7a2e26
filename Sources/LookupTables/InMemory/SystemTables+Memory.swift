import CSystem
import Glibc
import RestrictionDSL

/// `environ:` – the environment of the process; only lower-case names are found.
///
/// - Source: DATABASE_README "environ"
final class EnvironmentTable: LookupTable {
  let kind = TableKind.fixed

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    // getenv(3) wants a C string; the answer is copied before anybody can change it.
    guard let text = getenv(terminated(key)) else { return nil }
    return copyCString(text)
  }
}

/// `unix:passwd.byname` and `unix:group.byname`.
///
/// - Source: DATABASE_README "unix"; facts restrictions §9
final class UnixTable: LookupTable {
  private enum Database { case passwd, group }

  let kind = TableKind.fixed
  private let database: Database

  init(name: String) throws(OpenFailure) {
    switch name {
    case "passwd.byname": database = .passwd
    case "group.byname": database = .group
    default: throw OpenFailure("unknown table: unix:\(name)")
    }
  }

  func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
    let name = terminated(key)
    // The reentrant calls: other event loops may ask at the same time.
    var scratch = [CChar](repeating: 0, count: 1024)
    while true {
      let (code, value) =
        database == .passwd ? passwd(name, &scratch) : group(name, &scratch)
      guard code == ERANGE, scratch.count < 1 << 20 else {
        guard code == 0 || code == ENOENT else {
          let reason = SystemErrno(code).text
          throw LookupError(.temporary, [], reason: reason)
        }
        return value
      }
      scratch = [CChar](repeating: 0, count: scratch.count * 4)
    }
  }

  private func passwd(_ name: [CChar], _ scratch: inout [CChar]) -> (CInt, Bytes?) {
    var entry = Glibc.passwd()
    var found: UnsafeMutablePointer<Glibc.passwd>?
    let code = getpwnam_r(name, &entry, &scratch, scratch.count, &found)
    guard code == 0, found != nil else { return (code, nil) }
    let fields = [
      copyCString(entry.pw_name), copyCString(entry.pw_passwd), Bytes("\(entry.pw_uid)"),
      Bytes("\(entry.pw_gid)"), copyCString(entry.pw_gecos), copyCString(entry.pw_dir),
      copyCString(entry.pw_shell),
    ]
    return (0, Bytes(fields.joined(separator: [0x3A])))
  }

  private func group(_ name: [CChar], _ scratch: inout [CChar]) -> (CInt, Bytes?) {
    var entry = Glibc.group()
    var found: UnsafeMutablePointer<Glibc.group>?
    let code = getgrnam_r(name, &entry, &scratch, scratch.count, &found)
    guard code == 0, found != nil else { return (code, nil) }
    var members: [Bytes] = []
    var cursor = entry.gr_mem
    while let member = cursor?.pointee {
      members.append(copyCString(member))
      cursor = cursor?.advanced(by: 1)
    }
    let fields = [
      copyCString(entry.gr_name), copyCString(entry.gr_passwd), Bytes("\(entry.gr_gid)"),
      Bytes(members.joined(separator: [0x2C])),
    ]
    return (0, Bytes(fields.joined(separator: [0x3A])))
  }
}

/// The key as a C string.
func terminated(_ key: Span<UInt8>) -> [CChar] {
  var text: [CChar] = []
  text.reserveCapacity(key.count + 1)
  for index in key.indices { text.append(CChar(bitPattern: key[index])) }
  text.append(0)
  return text
}

/// The bytes of a C string; empty for a null pointer.
func copyCString(_ text: UnsafePointer<CChar>?) -> Bytes {
  guard let text else { return [] }
  return Bytes(UnsafeRawBufferPointer(start: text, count: strlen(text)))
}

/// The bytes of a C string; empty for a null pointer.
func copyCString(_ text: UnsafeMutablePointer<CChar>?) -> Bytes {
  copyCString(UnsafePointer(text))
}
