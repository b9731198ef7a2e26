import Glibc
import RestrictionDSL

/// What a worker thread does with a complete message.
///
/// cleanup(8) writes all, rewrites the first record, sets the mode, calls fsync(2) on the file, wakes
/// the queue manager, and only then answers. This adds one fsync(2) on the folder, for file systems that
/// do not commit a name together with its file.
extension QueuedMessage: CommitJob {
  var answer: CommitAnswer { outcome ?? .failed(.writeError) }

  func perform() {
    guard outcome == nil else { return file.remove() }
    do throws(SystemError) {
      try store()
      outcome = .queued
    } catch {
      failureLine = "warning: \(file.id.text): \(error)"
      file.remove()
      outcome = .failed(error.code == EFBIG ? .tooBig : .writeError)
      return
    }
    if !state.isHeld { parts.trigger.send() }
  }

  private func store() throws(SystemError) {
    try file.write(records)
    if state.flushed > 0 { try file.overwrite(state.sizes.data, at: QueueSizes.offset) }
    if state.isHeld { try file.move(to: parts.hold) }
    try file.publish()
  }

  func retire() {
    if let line = failureLine {
      log(line)
      failureLine = nil
    }
    recycle()
  }
}
