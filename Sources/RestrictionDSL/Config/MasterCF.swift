/// master.cf, placeholder until the parser lands in the same file.
public struct MasterCF: Sendable {
  public let file: SourceFile
  public init(_ file: SourceFile) { self.file = file }
}
