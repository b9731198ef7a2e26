import Foundation
import FuzzTargets
import RestrictionDSL
import TestSupport
import Testing

/// The corpus of the fuzzer, replayed without it: once for each target of `Fuzz/Targets`.
@Suite struct `Fuzz corpus` {
  static let targets = FuzzTargets.all.keys.sorted()

  @Test(arguments: targets) func `holds for every input`(name: String) throws {
    let folder = Fixtures.package.appending(path: "Fuzz/corpus/\(name)")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    guard !files.isEmpty else { throw Fixtures.EmptyFixtures(folder: folder.path) }
    let target = try #require(FuzzTargets.all[name]).init()
    for file in files {
      do {
        try target.run(Bytes(try Data(contentsOf: file)))
      } catch {
        Issue.record("\(file.lastPathComponent): \(error)")
      }
    }
    print("\(name): \(files.count) inputs")
  }
}
