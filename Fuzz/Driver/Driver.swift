import FuzzTargets
import Glibc

/// libFuzzer's side: the target is the one that the environment variable FUZZ_TARGET names.
private enum Driver {
  nonisolated(unsafe) static let target: any FuzzTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let type = FuzzTargets.all[name] else {
      fatalError("FUZZ_TARGET is none of \(FuzzTargets.all.keys.sorted())")
    }
    do { return try type.init() } catch { fatalError("\(name): \(error)") }
  }()
}

/// Called by libFuzzer with every input; a finding ends the process.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: data, count: count))
  do { try Driver.target.run(input) } catch {
    print("finding: \(error)")
    fflush(nil)
    abort()
  }
  return 0
}
