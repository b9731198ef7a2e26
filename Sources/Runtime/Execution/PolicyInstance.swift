import RestrictionDSL

/// Tells the policy requests of one transaction from those of all others.
///
/// Numbers, not text: hardly any transaction asks a policy service.
///
/// - Source: facts postfix-ipc.md §11
public struct PolicyInstance: Hashable, Sendable {
  let process: Int32
  /// - Unit: microseconds since 1970
  let arrival: Int64
  let number: Int

  init(process: Int32, arrival: Int64, number: Int) {
    self.process = process
    self.arrival = arrival
    self.number = number
  }

  /// `pid.seconds.microseconds.number`, all hexadecimal.
  var text: Bytes {
    let parts = [
      Int64(process), arrival / 1_000_000, arrival % 1_000_000, Int64(number),
    ]
    return Bytes(parts.map { String($0.magnitude, radix: 16) }.joined(separator: "."))
  }
}
