import RestrictionDSL

/// One mail transaction, from MAIL to its end; replaced whole.
final class Transaction {
  /// When MAIL came.
  ///
  /// - Unit: microseconds since 1970
  var arrival: Int64
  /// Internal form; empty for the null sender.
  var sender: Bytes
  var options: MailOptions
  var smtputf8 = false
  /// `local` rewriting context.
  var isLocal = false
  /// First accepted recipient, internal form.
  var firstRecipient: Bytes?
  var message: (any OpenMessage)?
  /// What access actions asked for: nothing for most messages.
  private var wishes: Wishes?
  /// DISCARD: accepted, not stored.
  var isDiscarded = false

  private final class Wishes {
    var actions = MessageActions()
    var prepended: [Bytes] = []
  }

  var actions: MessageActions {
    get { wishes?.actions ?? MessageActions() }
    set { someWishes().actions = newValue }
  }

  /// PREPEND headers, in order.
  var prepended: [Bytes] {
    get { wishes?.prepended ?? [] }
    set { someWishes().prepended = newValue }
  }

  private func someWishes() -> Wishes {
    if let wishes { return wishes }
    let fresh = Wishes()
    wishes = fresh
    return fresh
  }

  init(arrival: Int64, sender: Bytes, options: MailOptions) {
    self.arrival = arrival
    self.sender = sender
    self.options = options
  }

  /// What a further MAIL clears before it is looked at: SMTPUTF8, BODY= and RET=.
  func forgetOptions() {
    smtputf8 = false
    options.body = .unknown
    options.returns = 0
  }
}
