import LookupTables
import RestrictionDSL

/// Tables whose lookups block: asked on worker threads, never on the loop.
final class RemoteTables {
  /// A table that one job at a time uses.
  ///
  /// The box may go to another thread because ``RemoteTables`` gives it to one job only and takes
  /// it back before it gives it to the next.
  private final class Box: @unchecked Sendable {
    let table: OpenTable
    init(_ table: OpenTable) { self.table = table }
  }

  private struct Line {
    let box: Box
    var isBusy = false
    var waiting: [(key: Bytes, then: (Result<Bytes?, LookupError>) -> Void)] = []
  }

  private let workers: WorkerPool
  private let open: (TableSpec) -> OpenTable
  private var lines: [TableSpec: Line] = [:]

  /// - Parameter open: the table of a specification, as ``TableCache`` opens it
  init(workers: WorkerPool, open: @escaping (TableSpec) -> OpenTable) {
    self.workers = workers
    self.open = open
  }

  func ask(
    _ spec: TableSpec, _ key: Bytes, then: @escaping (Result<Bytes?, LookupError>) -> Void
  ) {
    lines[spec, default: Line(box: Box(open(spec)))].waiting.append((key, then))
    startNext(spec)
  }

  private func startNext(_ spec: TableSpec) {
    guard var line = lines[spec], !line.isBusy, !line.waiting.isEmpty else { return }
    let (key, then) = line.waiting.removeFirst()
    line.isBusy = true
    lines[spec] = line
    let box = line.box
    workers.submit {
      Result<Bytes?, LookupError> { () throws(LookupError) -> Bytes? in
        try box.table.value(for: key.span)
      }
    } then: { [weak self] result in
      self?.lines[spec]?.isBusy = false
      then(result)
      self?.startNext(spec)
    }
  }
}
