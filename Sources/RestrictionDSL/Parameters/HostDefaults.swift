/// Defaults of `myhostname` and `mydomain`, and what a host name may look like.
///
/// - Source: postconf(5) myhostname, mydomain; RFC 1123 §2.1; texts observed with Postfix 3.7.11
enum HostDefaults {
  /// The system's name, made fully qualified where it has no dot.
  static func myhostname(_ machine: MachineFacts, mydomain: String?) -> String {
    machine.hostName.contains(".")
      ? machine.hostName : "\(machine.hostName).\(mydomain ?? "localdomain")"
  }

  /// The host name without its first label.
  static func mydomain(_ myhostname: String) -> String {
    guard let dot = myhostname.firstIndex(of: ".") else { return "localdomain" }
    let rest = myhostname[myhostname.index(after: dot)...]
    return rest.isEmpty ? "localdomain" : String(rest)
  }

  /// Why a text is no host name.
  static func problem(_ name: Bytes) -> String? {
    if name.isEmpty { return "empty hostname" }
    var label = 0
    var letters = 0
    for (index, byte) in name.enumerated() {
      let isLast = index == name.count - 1
      let next = isLast ? 0 : name[index + 1]
      switch byte {
      case 0x2E:
        if label == 0 || isLast { return "misplaced delimiter" }
        label = 0
      case 0x2D:
        label += 1
        if label == 1 || isLast || next == 0x2E { return "misplaced hyphen" }
        letters += 1
      case _ where byte.isNameByte:
        label += 1
        if !byte.isASCIIDigit { letters += 1 }
      default:
        return "invalid character \(byte)(decimal)"
      }
      if label > 63 { return "hostname label beginning with \(name.prefix(63).text) is too long" }
    }
    if name.count > 255 { return "bad host name length \(name.count)" }
    return letters == 0 ? "numeric hostname" : nil
  }
}
