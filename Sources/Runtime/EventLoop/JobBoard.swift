/// The jobs that worker threads have, and who gets them back.
///
/// Belongs to the loop: a worker knows a job's number only. So an owner is never touched, and never
/// released, by another thread.
final class JobBoard {
  private struct Entry {
    var job: (any BlockingJob)?
    var owner: (any JobOwner)?
  }

  private var entries: [Entry] = []
  private var free: [Int] = []

  /// Notes a job that goes to a worker.
  ///
  /// - Returns: its number until it comes back
  func post(_ job: any BlockingJob, _ owner: any JobOwner) -> Int {
    guard let number = free.popLast() else {
      entries.append(Entry(job: job, owner: owner))
      return entries.count - 1
    }
    entries[number].job = job
    entries[number].owner = owner
    return number
  }

  /// Hands a job that has come back to its owner.
  func finish(_ number: Int) {
    guard let job = entries[number].job.take(), let owner = entries[number].owner.take() else {
      preconditionFailure("job \(number) came back twice")
    }
    free.append(number)
    owner.finished(job)
  }
}
