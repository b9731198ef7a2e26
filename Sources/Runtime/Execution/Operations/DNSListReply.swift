import Compiler
import LookupTables
import RestrictionDSL

/// What a client hears that a DNS list names.
///
/// - Source: postconf(5) default_rbl_reply, rbl_reply_maps; facts restrictions.md §5.8
extension Evaluation {
  func rejectListed(
    _ subject: DNSListSubject, _ list: DNSList, _ reason: Bytes
  ) throws(Suspension) -> Outcome {
    let replyClass = subject.replyClass
    let values = ReplyMacros(facts, serverName: parameters.myHostname, localTime: context.localTime)
    let what = listWhat(subject)
    let code = Bytes(String(parameters.mapsRBLRejectCode))
    var template = try replyTemplate(of: list) ?? parameters.defaultRBLReply
    while true {
      let result = MacroExpander.expand(template, filter: parameters.expansionFilter) { name in
        switch name.text {
        case "rbl_code": code
        case "rbl_domain": list.domain
        case "rbl_reason", "rbl_txt": reason
        case "rbl_what": what
        case "rbl_class": Bytes(replyClass.text)
        default: values.value(of: name)
        }
      }
      log(result.warnings)
      guard result.isBad else { return rejectListed(result.text, replyClass) }
      if template == parameters.defaultRBLReply {
        return stop("rbl_reject_reply: bad default rbl reply template: \(template.text)")
      }
      log(
        "warning: rbl_reject_reply: bad rbl reply template for domain \(list.domain.text):"
          + " \(template.text)")
      template = parameters.defaultRBLReply
    }
  }

  private func rejectListed(_ reply: Bytes, _ replyClass: ReplyClass) -> Outcome {
    guard reply.count > 3, reply[0] == 0x34 || reply[0] == 0x35, reply[1].isASCIIDigit,
      reply[2].isASCIIDigit, reply[3] == 0x20
    else {
      log("warning: rbl response code configuration error: \(reply.text)")
      return reject(
        Rejection(450, Bytes("4.7.1"), .plain(Bytes(ReplyTexts.serviceUnavailable))))
    }
    let code = reply[..<3].reduce(0) { $0 * 10 + Int($1 - 0x30) }
    let (dsn, text) = AccessAction.split(Bytes(reply[4...].drop(while: \.isASCIISpace)))
    return reject(
      Rejection(
        code, fitted(dsn ?? Bytes("4.7.1"), to: replyClass),
        .plain(text.isEmpty ? Bytes(ReplyTexts.serviceUnavailable) : text)))
  }

  /// The template that rbl_reply_maps has for a list.
  private func replyTemplate(of list: DNSList) throws(Suspension) -> Bytes? {
    for table in context.rblReplyMaps {
      do throws(Suspension) {
        if let template = try run.book.value(of: table, for: list.argument.span) { return template }
      } catch {
        guard case .failed(let cause) = error else { throw error }
        var messages = cause.messages
        if !EmptyValue.isReported(by: cause) {
          messages.append(table.lookupErrorLine(for: list.argument.span))
        }
        throw .failed(LookupError(.configuration, messages))
      }
    }
    return nil
  }
}
