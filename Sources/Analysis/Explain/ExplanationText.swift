import RestrictionDSL
import Runtime

extension Explanation {
  /// For people.
  public var text: String {
    var lines: [String] = []
    for command in commands {
      let replies = shown(command.exchange)
      let isEnd = command.exchange.command == "CLOSE"
      lines.append(
        isEnd
          ? "the client closes the connection"
          : "\(command.exchange.command) -> \(replies.first ?? "(no reply)")")
      lines += replies.dropFirst().map { "  -> \($0)" }
      lines += rows(command.items)
      lines += command.exchange.log.map { "  log: \($0)" }
      if !command.notEvaluated.isEmpty {
        lines.append("  not evaluated: \(command.notEvaluated.joined(separator: ", "))")
      }
      if !command.items.isEmpty || !command.exchange.pauses.isEmpty { lines.append(cost(command)) }
      if command.exchange.isClosed, !isEnd { lines.append("  the server closes the connection") }
    }
    if !withoutEffect.isEmpty {
      lines.append("without effect: " + withoutEffect.joined(separator: ", "))
    }
    if !assumptions.isEmpty {
      lines.append("assumed: " + assumptions.joined(separator: "; "))
    }
    if let logged {
      lines.append("the log has: \(logged)")
      lines.append(
        "  what the line does not tell can be given: --online, --what-if, --sasl-user, --size")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Of what EHLO offers the last line will do.
  private func shown(_ exchange: Exchange) -> [String] {
    guard exchange.replies.last?.hasPrefix("250 ") == true, exchange.replies[0].hasPrefix("250-")
    else { return exchange.replies }
    return exchange.replies.suffix(1)
  }

  private func cost(_ command: Command) -> String {
    var text =
      "  cost: \(count(command.probes, "table probe")), \(count(command.waits, "network wait"))"
    let pause = command.exchange.pauses.reduce(0) { $0 + $1.milliseconds }
    if pause > 0 { text += ", the reply is held back for \(Double(pause) / 1000) s" }
    return text
  }

  private func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  private func rows(_ items: [Item]) -> [String] {
    let heads = items.map { item in
      let indent = String(repeating: "  ", count: item.depth)
      let number = item.number > 0 ? "\(item.number) " : ""
      return "\(indent)\(number)\(item.text)"
    }
    let width = min(56, heads.map(\.count).max() ?? 0)
    var list = ""
    return zip(items, heads).map { item, head in
      let name = item.list == list ? "" : item.list
      list = item.list
      var line = "  " + padded(name, 12) + padded(head, width) + "  " + padded(item.result, 12)
      let why = [item.reason, item.place].filter { !$0.isEmpty }.joined(separator: "  ")
      if !why.isEmpty { line += " " + why }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// For programs.
  public var json: String {
    let commands = commands.map { command in
      JSONText.object([
        (name: "command", value: .string(command.exchange.command)),
        (name: "replies", value: .array(command.exchange.replies.map(JSONText.string))),
        (name: "log", value: .array(command.exchange.log.map(JSONText.string))),
        (
          name: "restrictions",
          value: .array(
            command.items.map { item in
              .object([
                (name: "list", value: .string(item.list)),
                (name: "number", value: .number(item.number)),
                (name: "restriction", value: .string(item.text)),
                (name: "result", value: .string(item.result)),
                (name: "reason", value: .string(item.reason)),
                (name: "place", value: .string(item.place)),
                (name: "depth", value: .number(item.depth)),
              ])
            })
        ),
        (name: "not_evaluated", value: .array(command.notEvaluated.map(JSONText.string))),
        (name: "table_probes", value: .number(command.probes)),
        (name: "network_waits", value: .number(command.waits)),
        (
          name: "delay_ms",
          value: .number(command.exchange.pauses.reduce(0) { $0 + $1.milliseconds })
        ),
        (name: "closed", value: .bool(command.exchange.isClosed)),
      ])
    }
    return JSONText.object(
      [
        (name: "commands", value: .array(commands)),
        (name: "assumptions", value: .array(assumptions.map(JSONText.string))),
        (name: "without_effect", value: .array(withoutEffect.map(JSONText.string))),
      ] + (logged.map { [(name: "logged", value: JSONText.string($0))] } ?? [])
    ).text + "\n"
  }
}
