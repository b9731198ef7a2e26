import RestrictionDSL
import Testing

@Suite struct `Fix-it` {
  private func edit(_ line: Int, _ column: Int, _ length: Int, _ text: String) -> FixIt.Edit {
    FixIt.Edit(file: "f", line: line, column: column, length: length, text: text)
  }

  @Test func `edits count characters, and the first of two that overlap is made`() {
    let file = SourceFile(path: "f", text: "ä bc\nsecond\n")
    let edits = [
      edit(1, 3, 2, "xyz"), edit(1, 4, 1, "lost"), edit(2, 1, 0, "# remark\n"), edit(2, 7, 0, "!"),
      edit(9, 1, 1, "behind the end"), edit(2, 20, 1, "behind the line"),
    ]
    #expect(file.applying(edits).bytes.text == "ä xyz\n# remark\nsecond!\n")
    #expect(file.applying([FixIt.Edit(file: "g", line: 1, column: 1, length: 1, text: "")]) == file)
  }

  // GitHub documentation, "Workflow commands"
  @Test func `workflow commands escape what ends them`() {
    let finding = Diagnostic(
      .warning, "some-rule", "50% of 'a:b', c", at: SourceRange(file: "d,e:f", line: 3, column: 5),
      help: "mend", notes: [Diagnostic.Note(range: nil, message: "n")])
    #expect(
      GitHubRenderer.text(of: [finding], number: { _ in "SP999" })
        == "::warning file=d%2Ce%3Af,line=3,col=5,endColumn=6,title=SP999 some-rule::"
        + "50%25 of 'a:b', c (mend)%0An\n")
    #expect(
      GitHubRenderer.text(of: [Diagnostic(.info, "x", "y")]) == "::notice title=x::y\n")
  }
}
