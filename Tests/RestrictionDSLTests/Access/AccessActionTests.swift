import RestrictionDSL
import Testing

@Suite struct `Access table result` {
  // Source: facts restrictions.md §6.6; rows marked [O] were observed on 3.7.11 with a table of
  // these values.
  @Test(arguments: [
    ("DUNNO whatever", AccessAction.dunno),
    ("dunno", .dunno),
    ("REJECT", .reject(dsn: nil, text: Bytes())),
    ("reject\ttabbed text", .reject(dsn: nil, text: Bytes("tabbed text"))),  // [O]
    ("REJECT 5.7.1", .reject(dsn: Bytes("5.7.1"), text: Bytes())),  // [O]
    ("REJECT 5.7.1\ttab", .reject(dsn: Bytes("5.7.1"), text: Bytes("tab"))),  // [O]
    ("REJECT  5.7.1   spaced", .reject(dsn: Bytes("5.7.1"), text: Bytes("spaced"))),  // [O]
    ("REJECT 5.07.001 zz", .reject(dsn: Bytes("5.07.001"), text: Bytes("zz"))),  // [O]
    ("REJECT 5.7.1x y", .reject(dsn: nil, text: Bytes("5.7.1x y"))),  // [O]
    ("REJECT 4.7.1.2 y", .reject(dsn: nil, text: Bytes("4.7.1.2 y"))),  // [O]
    ("REJECT 3.7.1 y", .reject(dsn: nil, text: Bytes("3.7.1 y"))),  // [O]
    ("REJECT 5.7777.1 y", .reject(dsn: nil, text: Bytes("5.7777.1 y"))),  // [O]
    ("REJECT 5..1 y", .reject(dsn: nil, text: Bytes("5..1 y"))),  // [O]
    ("DEFER 4.7.1", .defer(dsn: Bytes("4.7.1"), text: Bytes())),  // [O]
    ("HANGUP bye", .hangUp(Bytes("bye"))),
    ("INFO  a  b", .info(Bytes("a  b"))),
    ("WARN   spaced   text", .warn(Bytes("spaced   text"))),  // [O]
    ("FILTER smtp:[127.0.0.1]:10", .filter(Bytes("smtp:[127.0.0.1]:10"))),
    ("HOLD  5.7.1 x", .hold(Bytes("5.7.1 x"))),  // [O]
    ("DISCARD", .discard(Bytes())),
    ("REDIRECT a@b", .redirect(Bytes("a@b"))),
    ("BCC a@b", .bcc(Bytes("a@b"))),
    ("DEFER_IF_PERMIT 4.3.2 later", .deferIfPermit(dsn: Bytes("4.3.2"), text: Bytes("later"))),
    ("defer_if_reject", .deferIfReject(dsn: nil, text: Bytes())),  // [O]
    ("PREPEND X-A: b", .prepend(Bytes("X-A: b"))),
    ("550", .ok(name: Bytes("550"))),  // [O]
    ("00", .ok(name: Bytes("00"))),  // [O]
    ("550\tx", .code(550, dsn: nil, text: Bytes("x"))),  // [O]
    ("450 5.7.1 mixed", .code(450, dsn: Bytes("5.7.1"), text: Bytes("mixed"))),  // [O]
    ("421 bye:bye", .code(421, dsn: nil, text: Bytes("bye:bye"))),  // [O]
    ("399 x", .restrictions(Bytes("399 x"))),  // [O]
    ("4500 x", .restrictions(Bytes("4500 x"))),  // [O]
    ("600 x", .restrictions(Bytes("600 x"))),  // [O]
    ("450, x", .restrictions(Bytes("450, x"))),  // [O]
    ("OK foo", .ok(name: Bytes("OK"))),
    ("relay x:y", .ok(name: Bytes("relay"))),  // [O]
    ("OK, foo", .restrictions(Bytes("OK, foo"))),  // [O]
    ("ok:", .lookupTable),  // [O]
    ("REJECT:", .lookupTable),  // [O]
    ("hash:x", .lookupTable),
    (" , ", .separators),
    ("{ reject }", .restrictions(Bytes("{ reject }"))),  // [O]
    ("permit_mynetworks, reject", .restrictions(Bytes("permit_mynetworks, reject"))),
  ])
  func `is taken apart`(text: String, expected: AccessAction) {
    #expect(AccessAction.parse(Bytes(text)) == expected)
    #expect(AccessAction.parse(Bytes(text).span) == expected)
  }

  // Source: facts restrictions.md §6.6; headers observed on 3.7.11.
  @Test(arguments: [
    ("FILTER", AccessAction.Malformation.missingValue), ("FILTER smtp", .missingTransport),
    ("FILTER :", nil), ("FILTER a:", nil), ("REDIRECT", .missingDomain),
    ("REDIRECT x", .missingDomain),
    ("REDIRECT a@b", nil), ("BCC", .missingDomain), ("PREPEND", .missingHeader),
    ("PREPEND X-A : b", nil), ("PREPEND X-A:", nil), ("PREPEND X A: b", .missingHeader),
    ("PREPEND : b", .missingHeader), ("PREPEND Xä: b", .missingHeader), ("HOLD", nil),
  ])
  func `says what is wrong with its value`(text: String, expected: AccessAction.Malformation?) {
    #expect(AccessAction.parse(Bytes(text)).malformation == expected)
  }
}
