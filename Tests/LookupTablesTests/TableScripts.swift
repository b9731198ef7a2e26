/// Shell scripts about the tables that postmap(1) only reads.
///
/// `p` runs postmap and shows its exit status. Where a script breaks a rule of style it is as it was
/// typed at the shell while the behaviour was looked up.
let tableScripts: [String] = [
  #"""
  cat > re1 <<'E'
  /a/ $1
  /(b)/ $2
  /c/
  nodelim x
  /d/z res
  /e res
  /f/ $x
  /g/ ${1
  /g/ ${
  /h/ $
  /i/ a$$b
  /j/ $-
  /(k)/ $1x
  /(l)/ ${1}x
  /(m)/ $(1)x
  !/n/ $1
  !/(n2)/ x$1
  /*o/ res
  /p[/ res
  /q/!/r/ res
  /q/!/(r)/ $1
  /q/!z
  /q/! /x/ res
  /q/i!/x/z res
  !!/s/ res
  ! /t/ res
  if /u/ junk
  endif junk
  endif
  if
  if u
  if !/v/
  if /w/
  /x/ ok
  endif
  IF /y/
   /z/ continued
  ENDIF
  endif
  if !!/v/
  /(a)(b)/ $2$1 ${3}
  /aa/ ${1x}
  /(aa)/ ${1x} 
  /aa/ $0
  /(aa)/ ${01}
  /(aa)/ $1?
  /(aa)/ ${1?x}
  /(aa)/ ${1:x}
  /(aa)/ ${ 1}
  /(aa)/ ${}
  /(aa)/ $()
  /ab\/c/ slash
  #x#  hash
  |x|res
  /nospace/res
  /noflags/ires
  /back\1/ x
  /(b)\1/x x
  /\(b\)\1/x $1
  /a{2,1}/ x
  /(/ x
  /)/ x
  /[[:foo:]]/ x
  /[b-a]/ x
  /a\/ x
  /a**/ x
  // empty
  //
  /x/iiii x
  /x/mx x
  foo/x/ x
  "x" quoted
  if /a/ /b/ c
  ifx /a/
  if/a/
  E
  p -q zzzz regexp:re1; p -q zzzz pcre:re1; p -q ac regexp:re1; p -q ab pcre:re1; p -q 'a$b' regexp:re1
  """#,
  #"""
  cat > ci <<'E'
  1.2.3.0/24
  1.2.3.5/24 x
  1.2.3.0/33 x
  1.2.3.0/-1 x
  1.2.3.0/ x
  1.2.3.0/x x
  1.2.3 x
  x
  x y
  !1.2.3.4 neg
  ! 1.2.3.4 neg
  !
  !!1.2.3.4 x
  if
  if 1.2.3.4 junk
  endif junk
  endif
  if !9.9.9.9
  endif
  if! 9.9.9.9
  endif
  if x
  endif
  [::1] x
  [::1]/128 x
  ::1/128 x
  [::1/128] x
  [::1 x
  ::1] x
  [1.2.3.4] x
  [1.2.3.0]/24 x
  2001:db8::1/64 x
  2001:db8::/129 x
  ::ffff:1.2.3.4 x
  01.2.3.4 x
  1.2.3.0/024 x
  1.2.3.0/24/25 x
  1.2.3.0 /24 x
  ::/0 x
  0.0.0.0/0 x
  IF 1.2.3.4
  ENDIF
  /24 x
  999.1.1.1/24 x
  1.2.3.0/999999999999999999999 x
  if 1.2.3.4
  1.2.3.4 y
  ifx 1.2.3.4
  if[::1]
  endif
  if 1.2.3.5/24
  fe80::1%eth0 x
  E
  p -q 99.9.9.9 cidr:ci; p -q 1.2.3.5 cidr:ci; p -q ::1 cidr:ci
  """#,
  #"""
  cat > ci2 <<'E'
  [::1]x y
  [2001:db8::1]/64 x
  [2001:db8::1/64] x
  [] x
  [ x
  x/y z
  / z
  1.2.3.4/ z
  1.2.3.4/32 q
  [1.2.3.4/32] q
  [1.2.3.4]/ q
  1.2.3.4/32]q q
  ::/ q
  if
  endif
  endif x
  if 1.2.3.4 
  endif 
  1.2.3.4    lots   of   space  
  E
  p -q 1.2.3.5 cidr:ci2
  """#,
  #"""
  printf '!1.0.0.0/8 out\nif !2.0.0.0/8\n::/0 six\nendif\n1.0.0.0/8 in\nif 3.0.0.0/8\n::/0 six2\nendif\n!::/0 x\n' > c2; for k in 1.2.3.4 2.3.4.5 ::1 ::ffff:1.2.3.4 01.2.3.4 1.2.3 '[1.2.3.4]' '1.2.3.4 '; do p -q "$k" cidr:c2; done
  """#,
  #"""
  for t in 'inline:{}' 'inline:{a}' 'inline:{a=}' 'inline:{ a = 1, b=2 }' 'inline:{ {a = 1 2, x}, {b=}}' 'inline:a=1' 'inline:{a=1' 'inline:{a=1}x' 'inline:{=1}' 'inline:{{}}' 'inline:{{a=1}x}' 'inline:'; do p -q a "$t"; done
  """#,
  #"""
  for t in 'inline:{A=1 a=2}' 'inline:{a=1,,b=2}' 'inline:{{a}}' 'inline:{{"a b" = c}}' 'inline:{ }' 'inline:{{a b = c}}' 'inline:{{a=b=c}}' 'inline:{a=b=c}' 'inline:{"a=1"}' 'inline:{{"a=b}}' 'inline:{{a= {x} }}' 'inline:{a={x}y}'; do p -q a "$t"; done
  """#,
  #"""
  for t in 'static:' 'static:{ a b }' 'static:{a b' 'static: x' 'static:{}' 'static:{a}x' 'fail:' 'fail:x' 'environ:x' 'unix:x' 'unix:passwd.byname'; do p -q a "$t"; done
  """#,
  #"""
  for t in 'unionmap:{}' 'unionmap:{inline:{a=1},inline:{a=2},static:x}' 'unionmap:x' 'unionmap:{x}' 'unionmap:{ static:x , static:{y z} }' 'unionmap:{inline:{a=},static:y}' 'unionmap:{inline:{a=},inline:{a=}}' 'unionmap:{inline:{b=1},fail:x}' 'unionmap:{hash:nofile,static:x}' 'unionmap:{nosuch:x,static:y}'; do p -q a "$t"; done
  """#,
  #"""
  for t in 'pipemap:{inline:{a=b},inline:{b=c}}' 'pipemap:{}' 'pipemap:{inline:{a=b},inline:{c=c}}' 'pipemap:{x:y}' 'pipemap:{static:b,inline:{b=}}' 'pipemap:{inline:{a=1},fail:x}' 'pipemap:{regexp:{{/(.*)/ X$1}},inline:{xa=ok}}' 'randmap:{}' 'randmap:{x}' 'randmap:x' 'randmap:{,}' 'randmap:{ { } }' 'randmap:{ {} }'; do p -q a "$t"; done
  """#,
  #"""
  for t in 'cidr:{{1.2.3.4 x},{1.2.3.5/24 y}, {bad}}' 'cidr:{}' 'cidr:{x}' 'cidr:{ {1.2.3.4 a b} }x' 'regexp:{ {/a/ x$1} }' 'regexp:{ {/(a)/ x$1} {}}' 'regexp:{ {/(a)/ x$1} {if /a/} }' 'pcre:{/a/ x}' 'pcre:{{/a/ x}' 'cidr:nofile' 'regexp:nofile' 'texthash:nofile' 'pcre:/tmp' 'texthash:/tmp' 'cidr:/tmp'; do p -q a "$t"; done
  """#,
  #"""
  for t in 'pcre:{{/(a)/ x $1 $- z}}' 'pcre:{{/(a)/ x $1y z}}' 'pcre:{{/(a)|(b)/ x $2-$1$3 z}}' 'pcre:{{/(a)|(b)/ x $2-$1 z}}' 'regexp:{{/(a)|(b)/ x $2-${1}${2} z}}' 'pcre:{{/(a)/ $$1 $(1)$${1} $$$1}}' 'regexp:{{/(b)|a/ x$1}}' 'pcre:{{/\y/X extra} {/a/X fine}}' 'pcre:{{/a/l l}}' 'pcre:{{/b$b/ x}}'; do p -q a "$t"; done
  """#,
  #"""
  for t in 'pcre:{{!/x/ not}}' 'regexp:{{! /x/ not}}' 'regexp:{{!!/a/ notnot}}' 'regexp:{{/a/!/x/ only}}' 'regexp:{{/a/ !/x/ only}}' 'regexp:{{/a/!!/x/ only}}' 'regexp:{{/a/i!/x/i only}}' 'regexp:{{!/z/!/x/ only}}' 'pcre:{{/a$b/ x}}' 'pcre:{{/a.b/ dotall}}' 'pcre:{{/a.b/s nodotall}}' 'pcre:{{/^b/m multi}}' 'regexp:{{/^b/m multi}}' 'regexp:{{/^b/ multi}}' 'regexp:{{/a.b/ dot}}' 'regexp:{{/a.b/m dotm}}' 'regexp:{{/a+$/x basic}}' 'pcre:{{/a b # c/x extended}}' 'pcre:{{/ab/A anch} {/ab/ nonanch}}' 'pcre:{{/a$/E doll} {/a$/ nondoll}}' 'pcre:{{/(a+)/U [$1]}}'; do for k in ab 'a$b' $'a\nb' a+ $'a\n' aab xab; do p -q "$k" "$t"; done; done
  """#,
  #"""
  for k in $'\xed\xa0\x80' $'\xc0\x80' $'\xef\xbf\xbf' $'\xf8\x88\x80\x80\x80' $'\xc3\xa9\xff\x01z' $'\xfe\x80z' $'\xc3(\xff'; do p -q "$k" static:x; done; p -q aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab 'pcre:{{/(a+)+$/ x}, {/b/ y}}'
  """#,
  #"""
  p -q root unix:passwd.byname; p -q ROOT unix:passwd.byname; p -q root unix:group.byname; home=1 p -q home environ:x; HOME2=1 p -q HOME2 environ:x; p -q $'Stra\xc3\x9fe' 'inline:{STRASSE=1}'; p -q $'\xe2\x84\xaa' 'inline:{k=kelvin}'
  """#,
  // Where there is little memory the installed one says the same of a pattern that needs much.
  #"""
  ulimit -v 1000000; printf '/a{255}{255}{255}/ x\n!/a{0,32767}/ y\nif /a{255}{255}{255}/\n/b/ z\nendif\n/c/!/a{255}{255}{255}/ w\n/(a)+/ v\n' > t; p -q aa regexp:t; p -q b regexp:t; p -q c regexp:t
  """#,
]
