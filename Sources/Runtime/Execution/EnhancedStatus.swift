import RestrictionDSL

/// Rules about the enhanced status code of a table or policy text.
///
/// - Source: RFC 3463; facts restrictions.md §4 "DSN handling"
enum EnhancedStatus {
  /// Whether a status is `D.D.D` with class 2, 4 or 5 and one to three digits each.
  static func isValid(_ status: Bytes) -> Bool {
    AccessAction.split(status).dsn?.count == status.count
  }

  /// Adapts an address status `x.1.y` to the class of the reply.
  ///
  /// - Returns: `nil` where the status stays as it is.
  static func adapted(_ status: Bytes, to replyClass: ReplyClass) -> Bytes? {
    guard status.count > 4, status[1] == 0x2E, status[2] == 0x31, status[3] == 0x2E else {
      return nil
    }
    let detail = status.count == 5 ? status[4] : 0
    let new: String =
      switch replyClass {
      case .sender:
        switch detail {
        case 0x31, 0x33, 0x34, 0x36, 0x37: ".1.7"
        case 0x32, 0x38: ".1.8"
        default: ".1.0"
        }
      case .recipient:
        switch detail {
        case 0x31...0x36: ".1.\(detail - 0x30)"
        case 0x37: ".1.3"
        case 0x38: ".1.2"
        default: ".1.0"
        }
      case .client, .reverseClient, .certificate, .login, .helo, .etrn, .data, .endOfData: ".0.0"
      }
    let adapted = [status[0]] + Bytes(new)
    return adapted == status ? nil : adapted
  }
}
