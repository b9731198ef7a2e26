import RestrictionDSL

/// A rejection before the rules of the reject path have been applied.
struct Rejection: Hashable, Sendable {
  /// How the text is put together.
  enum Wording: Hashable, Sendable {
    /// `<NAME>: CLASS rejected: TEXT`
    case rejected(ReplyTarget, Bytes)
    /// `<NAME>: TEXT`
    case about(Bytes, String)
    case plain(Bytes)
  }

  var code: Int
  /// Its first digit is made equal to that of the code.
  var status: Bytes
  var wording: Wording
  var errorClass: ErrorClass

  init(_ code: Int, _ status: Bytes, _ wording: Wording, _ errorClass: ErrorClass = .policy) {
    self.code = code
    self.status = status
    self.wording = wording
    self.errorClass = errorClass
  }

  init(_ code: Int, _ status: String, _ target: ReplyTarget, _ text: String) {
    self.init(code, Bytes(status), .rejected(target, Bytes(text)))
  }

  init(_ code: Int, _ status: String, _ target: ReplyTarget, _ text: Bytes) {
    self.init(code, Bytes(status), .rejected(target, text))
  }

  /// `451 4.3.5 Server configuration error`: somebody has to mend the configuration.
  static let configurationError = Rejection(
    451, Bytes("4.3.5"), .plain(Bytes(ReplyTexts.configurationError)), .software)

  /// `451 4.3.0 <NAME>: Temporary lookup failure`.
  static func temporaryFailure(_ name: Bytes) -> Rejection {
    Rejection(451, Bytes("4.3.0"), .about(name, "Temporary lookup failure"), .data)
  }
}
