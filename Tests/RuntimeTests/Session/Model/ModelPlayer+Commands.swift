import RestrictionDSL
import TestSupport

extension ModelPlayer {
  /// A command; those that go on with a transaction come more often than chance would have it.
  static func command(using random: inout SplitMix, _ model: SessionModel) -> ModelCommand {
    if Int.random(in: 0..<10, using: &random) < 5 {
      if model.sender == nil { return .mail(.good) }
      if model.recipients.isEmpty || model.isSpent { return .rcpt(.good) }
      return Bool.random(using: &random) ? content(&random) : chunk(&random)
    }
    switch Int.random(in: 0..<24, using: &random) {
    case 0: return .helo
    case 1: return .ehlo
    case 2: return .heloWithoutName
    case 3...6: return .mail(ModelCommand.Mail.allCases.randomElement(using: &random) ?? .good)
    case 7...11: return .rcpt(ModelCommand.Rcpt.allCases.randomElement(using: &random) ?? .good)
    case 12: return .dataWithArgument
    case 13: return content(&random)
    case 14, 15: return chunk(&random)
    case 16: return Int.random(in: 0..<4, using: &random) == 0 ? .brokenBdat : .unknown
    case 17: return .rset
    case 18: return .rsetWithArgument
    case 19: return .noop
    case 20: return .vrfy
    case 21: return .vrfyUnknown
    case 22: return .etrn
    default: return Int.random(in: 0..<5, using: &random) == 0 ? .quit : .blank
    }
  }

  private static let pieces = [
    "Subject: x", "", "text", "..", ".x", "a line of some length, as there are many", "X-A: b",
  ]

  private static func content(_ random: inout SplitMix) -> ModelCommand {
    let lines = (0..<Int.random(in: 0...5, using: &random)).map { _ in
      pieces.randomElement(using: &random) ?? ""
    }
    return .message(lines: lines, diskFails: Int.random(in: 0..<10, using: &random) == 0)
  }

  private static func chunk(_ random: inout SplitMix) -> ModelCommand {
    let choices = [
      "", "Subject: x\r\n", "a\r", "\nb", "c\r\n\r\n.\r\n", "text\n",
      String(repeating: "y", count: 100),
    ]
    let bytes = choices.randomElement(using: &random) ?? ""
    return .bdat(
      size: bytes.utf8.count, isLast: Bool.random(using: &random), bytes: bytes,
      diskFails: Int.random(in: 0..<10, using: &random) == 0)
  }

  /// What goes over the wire.
  ///
  /// - Parameter isTaken: the content of DATA was asked for
  static func bytes(of command: ModelCommand, isTaken: Bool) -> Bytes {
    switch command {
    case .helo: Bytes("HELO c.example\r\n")
    case .ehlo: Bytes("EHLO c.example\r\n")
    case .heloWithoutName: Bytes("HELO\r\n")
    case .mail(let kind): Bytes("MAIL \(argument(kind))\r\n")
    case .rcpt(let kind): Bytes("RCPT \(argument(kind))\r\n")
    case .data: Bytes("DATA\r\n")
    case .dataWithArgument: Bytes("DATA x\r\n")
    case .message(let lines, _):
      isTaken
        ? Bytes(
          "DATA\r\n" + lines.map { ($0.hasPrefix(".") ? "." : "") + $0 + "\r\n" }.joined() + ".\r\n"
        )
        : Bytes("DATA\r\n")
    case .bdat(let size, let isLast, let bytes, _):
      Bytes("BDAT \(size)\(isLast ? " LAST" : "")\r\n\(bytes)")
    case .brokenBdat: Bytes("BDAT x\r\n")
    case .rset: Bytes("RSET\r\n")
    case .rsetWithArgument: Bytes("RSET x\r\n")
    case .noop: Bytes("NOOP\r\n")
    case .vrfy: Bytes("VRFY alice@example.com\r\n")
    case .vrfyUnknown: Bytes("VRFY nobody@example.com\r\n")
    case .etrn: Bytes("ETRN example.com\r\n")
    case .unknown: Bytes("FOO\r\n")
    case .blank: Bytes("\r\n")
    case .quit: Bytes("QUIT\r\n")
    }
  }

  private static func argument(_ kind: ModelCommand.Mail) -> String {
    switch kind {
    case .good, .noSpace: "FROM:<a@example.net>"
    case .null: "FROM:<>"
    case .atTheEnd: "FROM:<end@example.net>"
    case .small: "FROM:<a@example.net> SIZE=100"
    case .tooLarge: "FROM:<a@example.net> SIZE=99999"
    case .withoutAddress: "FROM:"
    case .badAddress: "FROM:<a b@example.net>"
    case .badOption: "FROM:<a@example.net> FOO=1"
    }
  }

  private static func argument(_ kind: ModelCommand.Rcpt) -> String {
    switch kind {
    case .good, .cannotOpen: "TO:<alice@example.com>"
    case .other: "TO:<bob@example.com>"
    case .unknown: "TO:<nobody@example.com>"
    case .relay: "TO:<x@example.org>"
    case .resolves: "TO:<x@here.test>"
    case .dnsFails: "TO:<x@fails.test>"
    case .nameIsGone: "TO:<x@gone.test>"
    case .tableFails: "TO:<table@example.com>"
    case .withoutAddress: "TO:"
    case .badAddress: "TO:<a b@example.com>"
    case .badOption: "TO:<alice@example.com> FOO=1"
    }
  }
}
