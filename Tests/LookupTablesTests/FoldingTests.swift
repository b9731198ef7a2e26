import Foundation
import LookupTables
import RestrictionDSL
import Testing

@Suite struct `keys` {
  @Test func `of all Unicode are folded as the installed postmap folds them`() throws {
    let folder = try TemporaryFolder()
    var source: Bytes = []
    var scalars: [Unicode.Scalar] = []
    for value in UInt32(0x80)..<0x3_0000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      scalars.append(scalar)
      source += Bytes("\(scalar)|\(value) v\n")
    }
    try folder.write("table", source)
    let arguments = ["btree:table"]
    let build = Programs.run(
      Programs.installedPostmap, arguments, environment: folder.environment,
      directory: folder.path)
    try #require(build.status == 0)
    let list = Programs.run(
      Programs.installedPostmap, ["-s"] + arguments, environment: folder.environment,
      directory: folder.path)
    var folded: [UInt32: Bytes] = [:]
    for line in list.standardOutput.split(separator: 0x0A) {
      guard let tab = line.firstIndex(of: 0x09), let bar = line.lastIndex(of: 0x7C),
        let value = UInt32(Bytes(line[(bar + 1)..<tab]).text)
      else { continue }
      folded[value] = Bytes(line[..<bar])
    }
    try #require(folded.count == scalars.count)
    // The library behind the installed postmap knows Unicode 15.
    let known = scalars.filter { ($0.properties.age?.major ?? 99) <= 15 }
    try #require(known.count > 100_000)
    let wrong = known.filter { scalar in
      CaseFolding.fold(Bytes("\(scalar)"), unicode: true) != folded[scalar.value]
    }
    #expect(wrong == [])
  }

  @Test func `in lower case are asked as they are`() throws {
    let probe = Probe()
    let table = OpenTable(
      spec: TableSpec(type: "probe", name: "x"), table: probe, foldsUnicode: true)
    _ = try table.value(for: Bytes("lower@example.com").span)
    _ = try table.value(for: Bytes("Upper@example.com").span)
    _ = try table.value(for: Bytes("ÉCOLE").span)
    #expect(probe.keys.map(\.text) == ["lower@example.com", "upper@example.com", "école"])
  }

  private final class Probe: LookupTable {
    let kind = TableKind.fixed
    var keys: [Bytes] = []

    func value(for key: Span<UInt8>) throws(LookupError) -> Bytes? {
      keys.append(key.indices.map { key[$0] })
      return nil
    }
  }
}
