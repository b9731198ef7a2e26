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

  /// Why a text is no host name, for people and as Postfix logs it.
  static func problem(_ name: Bytes) -> (message: String, logged: String)? {
    if name.count > 255 {
      return (
        "longer than 255 characters", "bad length \(name.count) for \(name.prefix(100).text)..."
      )
    }
    return syntaxProblem(name).map { ($0, "\($0): \(name.text)") }
  }

  private static func syntaxProblem(_ name: Bytes) -> String? {
    var label = 0
    var isNumeric = true
    for (index, byte) in name.enumerated() {
      let isLast = index == name.count - 1
      let next = isLast ? 0x2E : name[index + 1]
      switch byte {
      case 0x2E:
        if label == 0 || isLast { return "misplaced delimiter" }
        label = 0
        continue
      case 0x2D:
        isNumeric = false
        if label == 0 || next == 0x2E { return "misplaced hyphen" }
      case _ where byte.isNameByte:
        if !byte.isASCIIDigit { isNumeric = false }
      default:
        return "invalid character \(byte)(decimal)"
      }
      label += 1
      if label > 63 { return "hostname label too long" }
    }
    return isNumeric ? "numeric hostname" : nil
  }
}
