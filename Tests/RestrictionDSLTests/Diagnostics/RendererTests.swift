import RestrictionDSL
import Testing

private let file = SourceFile(path: "main.cf", text: "a = b\nlist =\n\trejct, x\n")
private let finding = Diagnostic(
  .error, "unknown-restriction", "unknown restriction 'rejct'",
  at: SourceRange(file: "main.cf", line: 3, column: 2, length: 5), help: "did you mean 'reject'?",
  notes: [
    Diagnostic.Note(
      range: SourceRange(file: "main.cf", line: 1, column: 5, length: 1),
      message: "reached from a through $list"),
    Diagnostic.Note(range: nil, message: "in service smtp inet"),
  ])

@Suite struct `Findings` {
  // Source: the layout that the style guide shows.
  @Test func `are shown with their line and an underline`() {
    #expect(
      TextRenderer(files: [file]).text(of: finding) == """
        main.cf:3:2: error: unknown restriction 'rejct' [unknown-restriction]
        3 | \trejct, x
          | \t^~~~~ did you mean 'reject'?
        main.cf:1:5: note: reached from a through $list
        note: in service smtp inet

        """)
  }

  @Test func `are shown without line where there is none`() {
    let plain = Diagnostic(.warning, "x-y", "text", help: "do this")
    #expect(
      TextRenderer(files: []).text(of: plain) == """
        warning: text [x-y]
          help: do this

        """)
  }

  @Test func `are JSON`() {
    #expect(
      JSONRenderer.text(of: [finding], number: { _ in "SP301" }) == """
        {
          "findings": [
            {
              "id": "unknown-restriction",
              "number": "SP301",
              "severity": "error",
              "message": "unknown restriction 'rejct'",
              "file": "main.cf",
              "line": 3,
              "column": 2,
              "length": 5,
              "help": "did you mean 'reject'?",
              "notes": [
                {
                  "message": "reached from a through $list",
                  "file": "main.cf",
                  "line": 1,
                  "column": 5,
                  "length": 1
                },
                {
                  "message": "in service smtp inet"
                }
              ]
            }
          ],
          "counts": {
            "error": 1,
            "warning": 0,
            "info": 0
          }
        }

        """)
  }

  // Source: SARIF 2.1.0 §3.27, §3.29.
  @Test func `are SARIF`() {
    #expect(
      SARIFRenderer.text(of: [finding], rules: [("unknown-restriction", "Why.")]) == """
        {
          "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
          "version": "2.1.0",
          "runs": [
            {
              "tool": {
                "driver": {
                  "name": "smtpd lint",
                  "rules": [
                    {
                      "id": "unknown-restriction",
                      "fullDescription": {
                        "text": "Why."
                      }
                    }
                  ]
                }
              },
              "results": [
                {
                  "ruleId": "unknown-restriction",
                  "level": "error",
                  "message": {
                    "text": "unknown restriction 'rejct' (did you mean 'reject'?)"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "main.cf"
                        },
                        "region": {
                          "startLine": 3,
                          "startColumn": 2,
                          "endColumn": 7
                        }
                      }
                    }
                  ],
                  "relatedLocations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "main.cf"
                        },
                        "region": {
                          "startLine": 1,
                          "startColumn": 5,
                          "endColumn": 6
                        }
                      },
                      "message": {
                        "text": "reached from a through $list"
                      }
                    }
                  ]
                }
              ]
            }
          ]
        }

        """)
  }

  // Source: RFC 8259 §7.
  @Test func `are escaped`() {
    #expect(JSONText.string("a\"\\\n\t\r\u{1}é").text == "\"a\\\"\\\\\\n\\t\\r\\u0001é\"")
    #expect(JSONText.array([]).text == "[]")
    #expect(JSONText.object([]).text == "{}")
  }
}
