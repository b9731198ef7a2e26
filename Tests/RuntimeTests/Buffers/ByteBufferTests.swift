import RestrictionDSL
import TestSupport
import Testing

@testable import Runtime

@Suite struct `A byte buffer` {
  @Test func `grows and keeps what is in it`() {
    var buffer = ByteBuffer(capacity: 1)
    for number in 0..<1000 { buffer.append(UInt8(truncatingIfNeeded: number)) }
    buffer.append("tail")
    let grown = buffer.bytes
    #expect(grown == (0..<1000).map { UInt8(truncatingIfNeeded: $0) } + Bytes("tail"))
    buffer.removeFirst(1000)
    let tail = buffer.bytes
    #expect(tail == Bytes("tail"))
    buffer.truncate(to: 2)
    let start = buffer.bytes
    #expect(start == Bytes("ta"))
    buffer.clear()
    let isEmpty = buffer.isEmpty
    #expect(isEmpty)
  }

  // Expected: what Swift's own String makes of the numbers.
  @Test(arguments: [0, 7, 10, 99, 100, 4_294_967_296, UInt64.max])
  func `writes numbers`(value: UInt64) {
    var buffer = ByteBuffer(capacity: 1)
    buffer.append(decimal: value)
    buffer.append(0x20)
    buffer.append(value, radix: 16, digits: "0123456789ABCDEF", width: 5)
    buffer.append(0x20)
    buffer.append(hexadecimal: value, width: 5)
    buffer.append(0x20)
    buffer.append(decimal: value, width: 3)
    let hex = String(value, radix: 16, uppercase: true)
    let padded = String(repeating: "0", count: max(0, 5 - hex.count)) + hex
    let text = buffer.bytes.text
    #expect(text == "\(value) \(padded) \(padded) \(("00" + String(value)).suffix(3))")
  }

  @Test func `writes numbers into columns`() {
    var buffer = ByteBuffer(capacity: 1)
    buffer.append("x      x")
    buffer.set(decimal: 120, at: 1, width: 6)
    let text = buffer.bytes.text
    #expect(text == "x   120x")
  }

  @Test func `ends a C string with the NUL that was appended`() {
    var buffer = ByteBuffer(capacity: 1)
    buffer.append("incoming/x")
    buffer.append(0)
    let text = buffer.withCString { String(cString: $0) }
    #expect(text == "incoming/x")
  }
}

@Suite struct `A span of bytes` {
  @Test(arguments: [("", true), (" ~az", true), ("a\tb", false), ("a\u{7F}", false), ("é", false)])
  func `is printable or not`(text: String, expected: Bool) {
    let bytes = Bytes(text)
    #expect(bytes.span.isPrintable == expected)
  }

  // Expected: one byte at a time.
  @Test func `answers for many bytes as for each`() {
    var random = SplitMix(seed: 3)
    var seen: [Bool: Int] = [:]
    for _ in 0..<4000 {
      var bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        UInt8.random(in: 32...126, using: &random)
      }
      if Bool.random(using: &random), !bytes.isEmpty {
        let odd: [UInt8] = [0, 9, 10, 13, 31, 127, 128, 255]
        bytes[Int.random(in: bytes.indices, using: &random)] = random.pick(odd)
      }
      let printable = bytes.allSatisfy(\.isASCIIPrintable)
      #expect(bytes.span.isPrintable == printable, "\(bytes)")
      #expect(bytes.span.hasHighBit == bytes.contains { $0 > 127 }, "\(bytes)")
      let plain = bytes.enumerated().allSatisfy { $1.isASCIIPrintable || $0 == 0 && $1 == 9 }
      #expect(bytes.span.isPlain == plain, "\(bytes)")
      seen[printable, default: 0] += 1
    }
    #expect(seen.values.allSatisfy { $0 > 1000 } && seen.count == 2)
  }

  // Expected: one byte at a time.
  @Test func `finds plain lines and names as byte by byte`() {
    var random = SplitMix(seed: 12)
    var seen: [Bool: Int] = [:]
    for _ in 0..<4000 {
      var bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        UInt8.random(in: 33...126, using: &random)
      }
      if random.chance(20) { bytes.insert(9, at: 0) }
      if random.chance(40), !bytes.isEmpty {
        let odd: [UInt8] = [0, 9, 10, 13, 14, 31, 32, 0x3A, 127, 128, 255]
        bytes[Int.random(in: bytes.indices, using: &random)] = random.pick(odd)
      }
      let name = bytes.prefix { $0 > 32 && $0 < 127 && $0 != 0x3A }.count
      #expect(bytes.span.nameLength == name, "\(bytes)")
      let text = bytes + Bytes(random.pick(["\r\n", "\r\nb", "\n", "\r", "\rb", "", "\r\n\r\n"]))
      let limit = random.chance(80) ? 2048 : Int.random(in: 0...60, using: &random)
      let line = text.prefix { $0 != 13 }
      let isPlain = line.enumerated().allSatisfy { $1.isASCIIPrintable || $0 == 0 && $1 == 9 }
      let isWhole = text[line.count...].starts(with: Bytes("\r\n")) && line.count + 2 <= limit
      let expected = isPlain && isWhole ? line.count : nil
      let found = text.span.plainLine(limit: limit)
      #expect(found == expected, "\(text) \(limit)")
      seen[expected != nil, default: 0] += 1
    }
    #expect(seen.values.allSatisfy { $0 > 500 } && seen.count == 2)
  }

  @Test func `knows a name in letters of any case`() {
    for name in KnownHeader.allCases.map(\.name) {
      let text = Bytes("\(name)".uppercased() + ": x")
      let begins = text.span.begins(withName: name)
      #expect(begins)
      for index in 0..<name.utf8CodeUnitCount {
        var other = text
        other[index] ^= 1
        let isSame = other.span.begins(withName: name)
        #expect(!isSame, "\(other.text)")
      }
    }
  }

  // Expected: the list of the characters.
  @Test func `finds what is special in an address`() {
    let special = Bytes(0...32) + Bytes("!\"%(),.:;<>@[\\]") + [127]
    for byte in UInt8.min...UInt8.max {
      let bytes: Bytes = [0x61, byte, 0x61]
      let found = bytes.span.firstSpecial(from: 0)
      #expect(found == (special.contains(byte) ? 1 : 3), "\(byte)")
    }
    let dots = Bytes(".a.")
    let found = (1...3).map { dots.span.firstSpecial(from: $0) }
    #expect(found == [2, 2, 3])
  }

  // Expected: as specials come one by one.
  @Test func `knows a standard address as byte by byte`() {
    var random = SplitMix(seed: 13)
    var seen: [Bool: Int] = [:]
    let letters = Bytes("aZ09-_/`+{\u{7F}%! é")
    for _ in 0..<6000 {
      var address = Bytes()
      for delimiter in random.pick([["@", "."], [".", "@", "."], ["@", ".", "."], ["."], ["@"]]) + [
        ""
      ] {
        let length = Int.random(in: random.chance(10) ? 0...40 : 1...9, using: &random)
        for _ in 0..<length { address.append(random.pick(Bytes("aZ09-_/`"))) }
        address += Bytes(random.chance(5) ? random.pick([".", "@", "..", "@.", "%"]) : delimiter)
      }
      if random.chance(20) {
        address[Int.random(in: address.indices, using: &random)] = random.pick(letters)
      }
      let special = Bytes(0...32) + Bytes("!\"%(),:;<>[\\]") + [127]
      let parts = address.split(separator: 0x40, omittingEmptySubsequences: false)
      let words = parts.map { $0.split(separator: 0x2E, omittingEmptySubsequences: false) }
      let expected =
        parts.count == 2 && words[1].count > 1 && words.joined().allSatisfy { !$0.isEmpty }
        && !address.contains(where: special.contains)
      let isStandard = MailForm.isStandard(address.span)
      #expect(isStandard == expected, "\(address.text)")
      seen[expected, default: 0] += 1
    }
    #expect(seen.values.allSatisfy { $0 > 500 } && seen.count == 2)
  }

  @Test func `finds bytes from an index on`() {
    let bytes = Bytes("a\nb\nc")
    let found = [0, 1, 2, 4, 5].map { bytes.span.firstIndex(of: 0x0A, from: $0) }
    #expect(found == [1, 1, 3, nil, nil])
  }
}

@Suite struct `Lines that are copied as they are` {
  /// The lines that the splitter finds, as long as none needs a look.
  private func expected(_ text: Bytes, limit: Int, escapesDots: Bool) -> (
    records: Bytes, taken: Int
  ) {
    var buffer = RecordBuffer(capacity: 16)
    var position = 0
    var none = 0
    while let piece = LineSplitter.piece(
      of: text.span, in: position..<text.count, limit: limit, mode: .allowed, scanned: &none)
    {
      let line = text[piece.content]
      guard piece.isComplete, !piece.isBare, line.count + 2 == piece.next - position,
        !line.contains(0x0D), !(escapesDots && line.first == 0x2E), line.count + 1 < limit
      else { break }
      buffer.append(.line, Bytes(line))
      position = piece.next
    }
    return (buffer.bytes, position)
  }

  // Source: the line splitter, which has its own tests.
  @Test func `are those that the splitter finds`() {
    var random = SplitMix(seed: 11)
    var taken = 0
    var stopped = 0
    for _ in 0..<3000 {
      var text = Bytes()
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let isLong = Int.random(in: 0..<8, using: &random) == 0
        text += Bytes(
          repeating: 0x61, count: Int.random(in: 0...(isLong ? 400 : 9), using: &random))
        let ends = ["\r\n", "\r\n", "\r\n", "\r\n", "\r\n.", "\n", "\r", "\r\r\n", "."]
        text += Bytes(ends[Int.random(in: 0..<ends.count, using: &random)])
      }
      let limit = Int.random(in: 0..<2, using: &random) == 0 ? 12 : 2048
      let escapesDots = Bool.random(using: &random)
      var buffer = RecordBuffer(capacity: 16)
      let count = buffer.append(linesOf: text.span, limit: limit, escapesDots: escapesDots)
      let records = buffer.bytes
      let wanted = expected(text, limit: limit, escapesDots: escapesDots)
      #expect(count == wanted.taken)
      #expect(records == wanted.records)
      taken += count > 0 ? 1 : 0
      stopped += count < text.count ? 1 : 0
    }
    #expect(taken > 1000 && stopped > 1000)
  }
}

@Suite struct `A byte queue` {
  @Test func `gives out what came in, in order`() {
    var random = SplitMix(seed: 5)
    var queue = ByteQueue()
    var expected = Bytes()
    var received = Bytes()
    for number in 0..<2000 {
      let piece = Bytes(
        repeating: UInt8(truncatingIfNeeded: number), count: Int.random(in: 0...700, using: &random)
      )
      expected += piece
      queue.append(piece)
      let count = Int.random(in: 0...min(queue.count, 900), using: &random)
      received += queue.bytes(in: 0..<count)
      queue.consume(count)
    }
    received += queue.bytes
    queue.consume(queue.count)
    queue.release()
    let reserved = queue.reserved
    #expect(received == expected)
    #expect(reserved == 0)
  }

  @Test func `takes what a function wrote behind its end`() {
    var queue = ByteQueue()
    queue.append(Bytes("ab"))
    let answers = [3, 0, -1].map { answer in
      queue.fill(16) { place, room in
        for index in 0..<max(0, answer) { place[index] = 0x63 }
        return room == 16 ? answer : -2
      }
    }
    let bytes = queue.bytes
    #expect(answers == [3, 0, -1])
    #expect(bytes == Bytes("abccc"))
  }
}
