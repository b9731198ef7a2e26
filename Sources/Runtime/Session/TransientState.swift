import RestrictionDSL

/// State that an idle session does not need, beside the session so that it costs nothing then.
final class TransientState {
  var transaction: Transaction?
  var reception: Reception?
  var forwarding: Forwarding?
  var outgoing: OutgoingReply?

  /// Nothing is kept here.
  var isEmpty: Bool {
    transaction == nil && reception == nil && forwarding == nil && outgoing == nil
  }
}

extension Session {
  /// The open transaction.
  var transaction: Transaction? {
    get { transient?.transaction }
    set { store(newValue, \.transaction) }
    _modify {
      let state = transientState()
      yield &state.transaction
    }
  }

  /// The content being received.
  var reception: Reception? {
    get { transient?.reception }
    set { store(newValue, \.reception) }
    _modify {
      let state = transientState()
      yield &state.reception
    }
  }

  /// What XFORWARD said.
  var forwarding: Forwarding? {
    get { transient?.forwarding }
    set { store(newValue, \.forwarding) }
  }

  /// A reply that waits for a pause or a table.
  var outgoing: OutgoingReply? {
    get { transient?.outgoing }
    set { store(newValue, \.outgoing) }
  }

  private func store<Value>(
    _ value: Value?, _ path: ReferenceWritableKeyPath<TransientState, Value?>
  ) {
    guard value != nil || transient != nil else { return }
    transientState()[keyPath: path] = value
  }

  private func transientState() -> TransientState {
    if let transient { return transient }
    let state = TransientState()
    transient = state
    return state
  }

  /// Gives the memory back where nothing is kept.
  func releaseTransientState() {
    if transient?.isEmpty == true { transient = nil }
  }
}
