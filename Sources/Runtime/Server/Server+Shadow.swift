import RestrictionDSL

/// `--shadow`: another configuration decides too, and nobody hears it but the log.
extension Server {
  /// - Throws: ``StartFailure`` where the other configuration cannot be read.
  func startShadow(_ source: ServerPlan.Source) throws(StartFailure) {
    do throws(ServerPlan.Failure) {
      stand(try ServerPlan(source))
    } catch {
      guard case .fatal(let lines) = error else { throw StartFailure() }
      for line in lines { masterLog.write("shadow: \(line)") }
      throw StartFailure([], to: parts.output)
    }
  }

  /// Puts the services of a plan beside the running ones of the same name.
  private func stand(_ plan: ServerPlan) {
    for service in plan.services {
      guard let slot = slots[service.name] else {
        masterLog.write("shadow: service \(service.name) is not served: not compared")
        continue
      }
      let engine = ShadowEngine(service, on: parts)
      for line in service.parameterLines + engine.openLines + service.policyLines {
        masterLog.write("shadow: \(line)")
      }
      if let shadow = shadows[service.name] {
        shadow.logSummary()
        shadow.resetCounts()
        shadow.adopt(engine)
      } else {
        let shadow = Shadow(
          engine, service: service.name, running: slot.service, loop: loop, log: masterLog)
        shadows[service.name] = shadow
        slot.service.session.watcher = shadow
      }
    }
    for name in slots.keys.sorted() where !plan.services.contains(where: { $0.name == name }) {
      shadows[name] = nil
      slots[name]?.service.session.watcher = nil
      masterLog.write("shadow: no service \(name) in \(options.shadow ?? ""): not compared")
    }
  }

  /// A reload has read the other configuration too.
  func adoptShadow(_ result: Result<ServerPlan, ServerPlan.Failure>) {
    switch result {
    case .success(let plan): stand(plan)
    case .failure(.fatal(let lines)):
      for line in lines { masterLog.write("shadow: \(line)") }
      masterLog.write("error: shadow: new configuration refused, the old one stays in use")
    }
  }

  /// The running service was replaced.
  func followShadow(_ name: String, _ live: LiveService) {
    guard let shadow = shadows[name] else { return }
    shadow.follow(live)
    live.session.watcher = shadow
  }

  /// Opens tables of the shadow that changed on disk.
  func renewShadowTables() {
    for shadow in shadows.values where shadow.engine.hasChangedTables {
      lastTableOpening = loop.now
      shadow.adopt(ShadowEngine(shadow.engine.plan, on: parts))
    }
  }

  func logShadowSummary() {
    if shadows.isEmpty { masterLog.write("shadow: none") }
    for name in shadows.keys.sorted() { shadows[name]?.logSummary() }
  }
}
