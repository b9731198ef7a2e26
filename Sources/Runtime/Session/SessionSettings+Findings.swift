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
    let classes = ["bounce", "2bounce", "data", "delay", "policy", "protocol", "resource", "software"]
    let overrides = [
      "no_unknown_recipient_checks", "no_address_mappings", "no_header_body_checks", "no_milters",
    ]
    for (parameter, words) in [
      ("receive_override_options", overrides), ("notify_classes", classes),
    ] {
      for word in settings.list(parameter) where !words.contains(word.lowercased()) {
        lines.append(
          "fatal: unknown \(parameter) value \"\(word)\" in \"\(settings.string(parameter))\"")
      }
    }
    let form = settings.string("header_from_format")
    if !["standard", "obsolete"].contains(form.lowercased()) {
      lines.append("fatal: invalid setting: \"header_from_format = \(form)\"")
    }
    return lines
  }
}
