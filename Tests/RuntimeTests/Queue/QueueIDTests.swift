import RestrictionDSL
import Testing

@testable import Runtime

@Suite struct `A queue id` {
  // Source: facts queue-file.md §6, ids of files that the real cleanup(8) wrote.
  @Test(arguments: [
    ("7784DF86AF9", QueueID(seconds: nil, microseconds: 489_549, inode: 16_280_313)),
    (
      "4jXrnQ63h5z2NjF5",
      QueueID(seconds: 1_795_404_074, microseconds: 853_637, inode: 16_280_327)
    ),
  ])
  func `is read and written in both forms`(text: String, id: QueueID) {
    #expect(id.text.text == text)
    #expect(QueueID(Bytes(text)) == id)
  }

  // Source: facts queue-file.md §6: the hash of both forms is the hexadecimal microsecond.
  @Test func `is hashed by its microsecond`() {
    #expect(
      QueueID(seconds: nil, microseconds: 489_549, inode: 0xF86AF9).hashText.text == "7784DF86AF9")
    #expect(
      QueueID(seconds: 1_795_404_074, microseconds: 489_549, inode: 1).hashText.text == "7784D")
  }

  @Test(arguments: [
    "", "7784D", "7784Df86AF9", "F4240F86AF9", "4jXrnQ63h5z", "4jXrnQ63h5zA", "4jXrnQzzzzz2NjF5",
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", "yyyyyyyyyyyyyyyyyyyyyyyyyyyzB",
  ])
  func `that nobody wrote is refused`(text: String) { #expect(QueueID(Bytes(text)) == nil) }
}

@Suite struct `A queue record` {
  // Source: facts queue-file.md §1: 904 is 88 07, 2048 is 80 10, 5000 is 88 27; 0 is one byte.
  @Test(
    arguments: [
      (0, [0x00]), (127, [0x7F]), (904, [0x88, 0x07]), (2048, [0x80, 0x10]),
      (5000, [0x88, 0x27]),
    ] as [(Int, Bytes)])
  func `has the shortest length`(count: Int, length: Bytes) throws {
    let data = Bytes(repeating: 0x61, count: count)
    var buffer = RecordBuffer()
    buffer.append(.line, data)
    buffer.append(.end)
    let file = buffer.bytes
    #expect(file == [0x4E] + length + data + [0x45, 0x00])
    let records = try QueueRecord.records(in: file)
    #expect(records == [QueueRecord(.line, data), QueueRecord(.end, [])])
  }

  @Test(
    arguments: [
      ([0x21, 0x00], 0, "unknown record type 33"), ([0x4E, 0x05, 0x61], 0, "truncated data"),
      ([0x4E, 0x80], 0, "bad length"),
      ([0x4E, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], 0, "bad length"),
      ([0x4E, 0x00], 2, "no end record"),
    ] as [(Bytes, Int, String)])
  func `that is broken is named`(file: Bytes, offset: Int, reason: String) {
    #expect(throws: QueueRecord.Malformed(offset: offset, reason: reason)) {
      try QueueRecord.records(in: file)
    }
  }

  // Source: facts queue-file.md §3, proved values.
  @Test func `of sizes has six columns of fifteen`() {
    var sizes = QueueSizes()
    sizes.content = 3343
    sizes.contentStart = 768
    sizes.recipients = 3
    sizes.flags = 2
    let expected =
      "           3343             768               3               2            3343               0"
    #expect(sizes.data.text == expected)
    #expect(QueueSizes().data.count == 95)
  }
}
