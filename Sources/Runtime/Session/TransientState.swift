/// State that hardly any session needs, beside the session so that it costs nothing otherwise.
final class TransientState {
  var forwarding: Forwarding?
  var outgoing: OutgoingReply?
  var decisionMemory: (any DecisionMemory)?
}

extension Session {
  /// What XFORWARD said.
  var forwarding: Forwarding? {
    get { transient?.forwarding }
    set {
      guard newValue != nil || transient != nil else { return }
      transientState().forwarding = newValue
      messageSource = nil
    }
  }

  /// A reply that waits for a pause or a table.
  var outgoing: OutgoingReply? {
    get { transient?.outgoing }
    set {
      guard newValue != nil || transient != nil else { return }
      transientState().outgoing = newValue
    }
    _modify {
      let state = transientState()
      yield &state.outgoing
    }
  }

  /// What the watcher of decisions keeps.
  var decisionMemory: (any DecisionMemory)? {
    get { transient?.decisionMemory }
    set {
      guard newValue != nil || transient != nil else { return }
      transientState().decisionMemory = newValue
    }
  }

  private func transientState() -> TransientState {
    if let transient { return transient }
    let state = TransientState()
    transient = state
    return state
  }

  /// Gives the memory back where nothing is kept.
  func releaseTransientState() {
    if let transient, transient.forwarding == nil, transient.outgoing == nil,
      transient.decisionMemory == nil
    {
      self.transient = nil
    }
  }
}
