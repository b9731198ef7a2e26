import RestrictionDSL

/// `--watch`: changed files cause a reload.
extension Server {
  /// The files of the configuration in use, and of the shadow's.
  func watchedFiles(_ plan: ServerPlan) -> [String] {
    ConfigurationFiles.paths(options.directory, plan.services.map(\.settings))
      + (options.shadow.map { directory in
        ConfigurationFiles.paths(
          directory, shadows.values.map(\.engine.plan.settings))
      } ?? [])
  }

  /// Looks at the files, once in a second.
  func reloadIfChanged() {
    guard let changed = watch?.look(), !changed.isEmpty else { return }
    let more = changed.count > 1 ? " and \(changed.count - 1) more" : ""
    masterLog.write("watch: \(changed[0])\(more) changed -- reloading")
    reload()
  }
}
