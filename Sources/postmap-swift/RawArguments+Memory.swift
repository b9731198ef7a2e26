import Glibc

/// The words of the command line as bytes, without the program.
func rawArguments() -> [[UInt8]] {
  // argv lives as long as the process.
  let words = UnsafeBufferPointer(
    start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
  return words.dropFirst().compactMap { word in
    guard let word else { return nil }
    return Array(UnsafeRawBufferPointer(start: word, count: strlen(word)))
  }
}
