/// Who gets back the jobs that worker threads have.
///
/// Belongs to the loop: a worker knows a job's number only. So an owner is never touched, and never
/// released, by another thread.
final class JobBoard {
  private var owners: [(any JobOwner)?] = []
  private var free: [Int] = []

  /// Notes a job that goes to a worker.
  ///
  /// - Returns: its number until it comes back
  func post(_ owner: any JobOwner) -> Int {
    guard let number = free.popLast() else {
      owners.append(owner)
      return owners.count - 1
    }
    owners[number] = owner
    return number
  }

  /// Hands a job that has come back to its owner.
  func finish(_ number: Int) {
    guard let owner = owners[number].take() else {
      preconditionFailure("job \(number) came back twice")
    }
    free.append(number)
    owner.finished()
  }
}
