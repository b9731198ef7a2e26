import RestrictionDSL

/// A message that waits for the disk: everything a worker thread needs.
///
/// cleanup(8) writes all, rewrites the first record, sets the mode, calls fsync(2) on the file, wakes the queue
/// manager, and only then answers. This adds one fsync(2) on the folder, for file systems that do not
/// commit a name together with its file.
struct Commit: @unchecked Sendable {
  let file: SpoolFile
  /// Belongs to the worker until the job has run.
  let buffer: RecordBuffer
  /// Data of the size record.
  let sizes: Bytes
  /// The size record was not written through yet.
  let isSizeInBuffer: Bool
  /// Where the file goes first; `nil` leaves it in its queue.
  let target: SpoolDirectory?

  /// Offset of the data of the size record: behind its type and length.
  private static let sizeOffset = 2

  func store() throws(SystemError) {
    if isSizeInBuffer { buffer.replace(at: Commit.sizeOffset, with: sizes) }
    try buffer.write(to: file.descriptor, file.name)
    if !isSizeInBuffer { try file.overwrite(sizes, at: Commit.sizeOffset) }
    if let target { try file.move(to: target) }
    try file.publish()
  }
}
