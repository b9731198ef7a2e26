/// Shell scripts about keys out of mail messages.
///
/// `p` runs postmap and shows its exit status. Where a script breaks a rule of style it is as it was
/// typed at the shell while the behaviour was looked up.
let messageScripts: [String] = [
  #"""
  printf 'Received: from a\012\011by b; date\012Subject: hello\012  folded\012Content-Type: multipart/mixed; boundary="xx"\012\012preamble\012--xx\012Content-Type: text/plain\012X-Part: one\012\012body one\012--xx\012Content-Type: message/rfc822\012\012From: inner\012Subject: inner subj\012\012inner body\012--xx--\012epilogue\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'From me Mon Jan\012Subject: a\012not a header\012Body\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Subject: a\012\012\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf '\012body\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'body only\012more: x\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Subject: x\012 space\012\011tab\012To : y\012A:\012:b\012bad name: z\012after: w\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf '' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Subject: x' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart/mixed; boundary=aa\012\012--aa\012Content-Type: multipart/alternative; boundary="bb"\012\012--bb\012Not a header\012more\012--bb--\012--aa\012Bad header line\012--aa\012X: y\012--aa--\012--bb\012--aa\012tail\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'content-type: MULTIPART/mixed (comment; boundary=no);\012  foo=bar; BOUNDARY = "a b"; boundary=second\012\012--a b trailing\012Subject: x\012\012--a b--\012--a b\012Subject: after end\012\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: message/rfc822\012\012Content-Type: message/rfc822\012\012Subject: deep\012\012body\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: message/partial\012\012Subject: x\012\012body\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: message/global\012\012Subject: x\012\012body\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart/digest; boundary=x\012\012--x\012\012Subject: inner of digest\012\012digest body\012--x\012Content-Type: text/plain\012\012plain\012--x--\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart/mixed\012\012--x\012A: b\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: text/plain\012Content-Type: multipart/mixed; boundary=x\012\012--x\012A: b\012 cont\012\012--xy\012C: d\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Subject: t\015\012Content-Type: multipart/mixed; boundary=x\015\012\015\012--x\015\012A: b\015\012\015\012body\015\012--x--\015\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: message/external-body; access-type=x\012\012Subject: x\012\012body\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart/mixed; boundary="a\134"b"\012Content-Transfer-Encoding: base64\012\012--a"b\012A: b\012\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: message/rfc822\012Content-Transfer-Encoding: base64\012\012Subject: enc\012\012body\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type : multipart/mixed; boundary=x\012\012--x\012: empty\012A: b\012\377: high\012B\303\251: high2\012--x\012(paren): c\012a,b: c\012D:\012 \012E: f\012\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Subject: x\012\011fold\012 \012A: b\012\012 body\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart/mixed; boundary=x\012\012--x\012 leading space\012A: b\012\012q\012--x\012\012--x--' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: message/rfc822\012\012Subject: x\012not header\012q\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart/mixed; boundary=x\012\012--x\012Content-Type: message/rfc822\012\012Subject: x\012not header\012q\012--x\012Content-Type: message/rfc822\012\012\012\012body\012--x\012Content-Type: text/plain\012Content-Type: message/rfc822\012\012A: b\012\012--x\012A: b\012--x\012 B: c\012\012--x--\012--x\012C: d\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart/digest; boundary=x\012\012--x\012X: y\012\012Subject: a\012\012body\012--x\012nohdr\012--x\012Content-Type: multipart/mixed; boundary=xx\012\012--xx\012A: b\012\012--x\012\012C: d\012\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart/mixed; boundary=""\012\012--\012A: b\012\012----\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type:\012 multipart/mixed;\012\011boundary=x\012\012--x \012A: b\012\012--x--z\012--x\012B: c\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart; boundary=x\012\012--x\012A: b\012\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: text/plain; boundary=x\012\012--x\012A: b\012\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart/mixed boundary=x\012\012--x\012A: b\012\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart/mixed; charset=y boundary=x\012\012--x\012A: b\012\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart/mixed; boundary=x=y/z?\012\012--x=y/z?\012A: b\012\012--x\012A: c\012\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart/mixed; boundary="x\012\012--x\012A: b\012\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: multipart/mixed; boundary=x; boundary=y\012\012--y\012A: b\012\012--x\012A: c\012\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'A: b\000c\012B: d\012\012bo\000dy\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
  #"""
  printf 'Content-Type: (c) multipart (d) / (e) mixed (f) ; (g) boundary (h) = (i) "x" (j)\012\012--x\012A: b\012\012' > msg; for o in -h -b -hb -hm -bm -hbm; do p $o -q - 'pcre:{{/^(.*)$/ [$1]}}' < msg; done
  """#,
]
