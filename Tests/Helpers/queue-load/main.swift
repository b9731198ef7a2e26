import Glibc
import LookupTables
import RestrictionDSL
import Runtime

// Stores messages in a queue until it is killed, and says so after each one:
//
//   queue-load QUEUE-DIRECTORY LINES
//
// prints `open ID` before the content, `queued ID` after the commit, `failed REASON` where it failed.
// Each message has LINES lines of 70 bytes, so that large ones are written through in pieces.

final class Nowhere: LogSink {
  func write(_ line: Span<UInt8>) {}
}

func say(_ text: String) {
  let bytes = Array((text + "\n").utf8)
  _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
}

guard CommandLine.arguments.count == 3, let lines = Int(CommandLine.arguments[2]) else {
  say("usage: queue-load QUEUE-DIRECTORY LINES")
  exit(64)
}
func entry(_ value: String) -> Settings.Entry { Settings.Entry(value: value, range: nil) }
let settings = Settings(entries: [
  "queue_directory": entry(CommandLine.arguments[1]), "myhostname": entry("mail.example.com"),
  "myorigin": entry("example.com"), "mydestination": entry("example.com"),
  "line_length_limit": entry("2048"), "header_size_limit": entry("102400"),
  "hopcount_limit": entry("50"), "queue_file_attribute_count_limit": entry("100"),
  "header_address_token_limit": entry("10240"), "cleanup_replace_stray_cr_lf": entry("yes"),
])
let cache = TableCache(settings: settings)
let writer: QueueWriter
do {
  let classes = AddressClasses(
    settings: settings, own: OwnAddresses(interfaces: [], proxies: []),
    tables: { cache.open($0) })
  writer = try QueueWriter(
    settings: settings, log: Nowhere(),
    addresses: AddressMapping(settings: settings, classes: classes, tables: { cache.open($0) }),
    tables: { cache.open($0) })
} catch {
  say("failed \(error)")
  exit(1)
}
let line = Bytes(repeating: 0x78, count: 70)
let headers = [
  "Received: by test", "From: a@example.org", "Date: now", "Message-Id: <1@x.org>", "",
]
.map { Bytes($0) }
while true {
  let head = MessageHead(
    arrival: Int64(time(nil)) * 1_000_000, sender: Bytes("a@example.org"),
    rewriteContext: .local, attributes: [(name: "client_name", value: Bytes("localhost"))])
  do {
    let message = try writer.open(head)
    say("open \(message.queueID.text)")
    message.add(
      Recipient(
        address: Bytes("b@example.com"), originalRecipient: Bytes("rfc822;b@example.com")))
    message.beginContent()
    for header in headers { message.write(header.span, isComplete: true) }
    for _ in 0..<lines { message.write(line.span, isComplete: true) }
    switch message.finish(MessageActions()).run() {
    case .queued: say("queued \(message.queueID.text)")
    case .failed(let failure):
      say("failed \(failure)")
      exit(1)
    }
  } catch {
    say("failed \(error)")
    exit(1)
  }
}
