import RestrictionDSL

extension SessionSettings {
  /// What Postfix's process says about these parameters when it starts; a line that begins with
  /// `fatal: ` stops it.
  ///
  /// - Source: facts smtp-session.md §10, restrictions.md §3; the others were observed
  static func findings(_ settings: Settings) -> [String] {
    var lines: [String] = []
    let minimum = settings.int("queue_minfree")
    let limit = settings.int("message_size_limit")
    if minimum > 0 && Double(minimum) / 1.5 < Double(limit) {
      lines.append(
        "warning: queue_minfree(\(minimum)) should be at least 1.5*message_size_limit(\(limit))")
    }
    return lines
  }
}
