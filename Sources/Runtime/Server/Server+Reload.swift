import LookupTables
import RestrictionDSL

/// A new configuration, or changed tables, beside the running service.
extension Server {
  /// Reads the configuration beside the running one, and goes over to it where it is good.
  func reload() {
    guard !isReloading else {
      mustReloadAgain = true
      return
    }
    isReloading = true
    parts.output.reopen()
    watch?.settle()
    let source = options.source
    let shadowSource = options.shadowSource
    parts.host.workers.submit {
      (
        Result { () throws(ServerPlan.Failure) in try ServerPlan(gated: source) },
        shadowSource.map { source in
          Result { () throws(ServerPlan.Failure) in try ServerPlan(source) }
        }
      )
    } then: { [unowned self] result, shadow in
      isReloading = false
      switch result {
      case .success(let plan): adopt(plan)
      case .failure(.fatal(let lines)): refuse(lines)
      }
      if let shadow { adoptShadow(shadow) }
      parts.output.flush()
      if mustReloadAgain {
        mustReloadAgain = false
        reload()
      }
    }
  }

  private func adopt(_ plan: ServerPlan) {
    var fresh: [String: LiveService] = [:]
    let before = listeners
    do {
      for service in plan.services {
        let live = try LiveService(service, on: parts)
        let lines = StartLines(live)
        if lines.isFatal { return refuse(lines.all) }
        for line in lines.all { live.log.write(line) }
        fresh[service.name] = live
      }
      // Binding comes last: it is what a process without root's rights may not be allowed.
      let wanted = plan.services.flatMap(\.addresses)
      for address in wanted where !before.contains(where: { $0.address == address }) {
        listeners.append(try Listener(address, loop: loop))
      }
    } catch {
      for listener in listeners where !before.contains(where: { $0 === listener }) {
        listener.stop()
      }
      listeners = before
      return refuse(["fatal: \(error)"])
    }
    for (name, live) in fresh {
      if let slot = slots[name] {
        slot.service.answers.retire()
        slot.service = live
      } else {
        slots[name] = ServiceSlot(live)
      }
    }
    for name in slots.keys where fresh[name] == nil { slots[name] = nil }
    let services = plan.services.flatMap { service in
      service.addresses.map { (address: $0, name: service.name) }
    }
    for listener in listeners where !services.contains(where: { $0.address == listener.address }) {
      listener.stop()
    }
    listeners.removeAll { listener in
      !services.contains { $0.address == listener.address }
    }
    for (address, name) in services {
      if let listener = listeners.first(where: { $0.address == address }) { start(listener, name) }
    }
    for note in plan.notes { masterLog.write(note) }
    for (name, live) in fresh { followShadow(name, live) }
    watch?.replace(watchedFiles(plan))
    masterLog.write(
      "reload -- version \(MachineFacts.mailVersion), configuration \(options.directory)")
  }

  private func refuse(_ lines: [String]) {
    for line in lines { masterLog.write(line) }
    masterLog.write("error: new configuration refused, the old one stays in use")
  }

  /// Before each new client, as the original does: a changed table is opened again.
  func reopenChangedTables() {
    // A table that is written all the time does not keep the loop busy with opening it.
    guard loop.now - lastTableOpening >= Server.tableOpeningInterval else { return }
    renewShadowTables()
    for slot in slots.values {
      let changed = slot.service.changedTables()
      guard !changed.isEmpty else { continue }
      for table in changed {
        slot.service.log.write("table \(table) has changed -- restarting")
      }
      lastTableOpening = loop.now
      do {
        let live = try LiveService(slot.service.plan, on: parts)
        for line in live.openLines { live.log.write(line) }
        slot.service.answers.retire()
        slot.service = live
        followShadow(live.plan.name, live)
      } catch { slot.service.log.write("error: \(error)") }
    }
  }
}
