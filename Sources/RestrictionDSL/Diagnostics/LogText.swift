extension String {
  /// As Postfix prints text before it knows `smtputf8_enable`: bytes outside ASCII are `?`.
  var asASCII: String {
    String(decoding: utf8.map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
  }
}
