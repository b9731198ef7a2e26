/// Shell scripts about options, sources, files and errors of postmap(1).
///
/// `p` runs postmap and shows its exit status. Where a script breaks a rule of style it is as it was
/// typed at the shell while the behaviour was looked up.
let postmapScripts: [String] = [
  #"""
  printf 'a 1\nb 2\n' > h; p hash:h; p hash:h -q a; p -Z hash:h
  """#,
  #"""
  p -q
  """#,
  #"""
  p -q a; p; p -d a
  """#,
  #"""
  p -s; p -i
  """#,
  #"""
  printf 'a 1\nb 2\n' > h; postmap hash:h; p -q a -s hash:h; p -s -q a hash:h; p -d a -q a hash:h; p -q a -q b hash:h;
  """#,
  #"""
  printf 'a 1\nb 2\n' > h; postmap hash:h;p -s -d a hash:h; p -d a -s hash:h; p -s -s hash:h; p -q a -qb hash:h
  """#,
  #"""
  printf 'a 1\nb 2\n' > h; postmap hash:h; p -fq a hash:h; p -q -- hash:h; p -q a -- hash:h; p -- hash:h; p -b hash:h; p -m -q - hash:h; p -h -q a hash:h
  """#,
  #"""
  printf 'a 1\nb 2\n' > h; postmap btree:h; p -h -s hash:h; p -b -d a hash:h;  p -m -s hash:h; p -s btree:h btree:h; p -s nosuch:h;
  """#,
  #"""
  printf 'a 1\nb 2\n' > h; postmap h; p -s h; p -q a h; cp h i; postmap cdb:i; p -d zz hash:h cdb:i; p -d a cdb:i; p -d a static:x; p -d a 'inline:{a=1}'
  """#,
  #"""
  p -d a regexp:h ; p -d a texthash:h; p -d a cidr:h; p -d a fail:x;
  """#,
  #"""
  p -d a 'unionmap:{static:x}'; p -d a environ:x; p -d a unix:passwd.byname; p -d a 'randmap:{x}'
  """#,
  #"""
  p -d a hash:nofile; p -d a lmdb:nofile; p -d a nosuch:x; p -d a 'pipemap:{static:x}'; p -d a internal:x
  """#,
  #"""
  p -d a tcp:x;  p -s static:x;  p -s fail:x; p -s 'unionmap:{static:x}';
  """#,
  #"""
  p -s environ:x; p -s unix:passwd.byname; p -s 'randmap:{x}'; p -s internal:x; p -s 'pipemap:{static:x}'; p -s 'inline:{{a=}}'; p -s 'inline:{{ =a}}'
  """#,
  #"""
  printf 'a 1\n' > h; for t in nosuch texthash static inline; do p $t:h; done
  """#,
  #"""
  printf 'a 1\n' > h; for t in regexp pcre cidr fail ; do p $t:h; done
  """#,
  #"""
  printf 'a 1\n' > h; for t in environ unix unionmap pipemap randmap; do p $t:h; done
  """#,
  #"""
  printf 'a 1\n' > h; for t in internal tcp proxy proxy:hash socketmap ; do p $t:h; done
  """#,
  #"""
  printf 'a 1\n' > h; for t in memcache sqlite nis sdbm dbm; do p $t:h; done
  """#,
  #"""
  p -i texthash:h; p -i static:x; p -i fail:x; p -i nosuch:x; p -i cdb:h;
  """#,
  #"""
  p -i hash:newh; p -i lmdb:newl; p -i btree:newb; ls new*; p hash:nosource; p nosource; printf 'a 1\n' > h;  p -o hash:h
  """#,
  #"""
  p -i proxy:hash:h; p nosuch:nosource; p proxy:hash:nosource; p texthash:nosource
  """#,
  #"""
  printf 'a 1\nA 2\nb 3\n' > du; for t in hash btree lmdb cdb; do cp du du$t; p $t:du$t; p -r $t:du$t; p -q a $t:du$t; p -w $t:du$t;  p -q a $t:du$t; p -rw $t:du$t;p -q a $t:du$t; p -wr $t:du$t; p -q a $t:du$t; done
  """#,
  #"""
  printf 'a 1\nA 2\nb 3\n' > du; for t in hash btree lmdb; do cp du d$t; postmap $t:d$t; printf 'a 9\nc 4\n' | p -i $t:d$t; p -q a $t:d$t; printf 'a 9\nc 4\n' | p -ir $t:d$t; p -q a $t:d$t;printf 'a 7\n' | p -iw $t:d$t; p -q a $t:d$t; p -d A $t:d$t; p -q a $t:d$t; p -f -d C $t:d$t; printf 'b\nc\nzz\n' | p -d - $t:d$t; p -s $t:d$t; printf 'x 1\n' | p -in $t:d$t; p -N -q x $t:d$t; p -n -q x $t:d$t; p -q x $t:d$t; printf 'x 2\ny 3\n' | p -i $t:d$t; p -s $t:d$t; p -q x $t:d$t; printf 'y 3\n' | p -iN $t:d$t; p -d x $t:d$t; p -s $t:d$t; p -d x $t:d$t; p -s $t:d$t; done
  """#,
  #"""
  printf 'a 1\n' > x; for t in hash btree lmdb cdb; do cp x x$t; p -n $t:x$t; p -q a $t:x$t; p -n -q a $t:x$t; p -N -q a $t:x$t; p -N $t:x$t; p -q a $t:x$t; p -n -q a $t:x$t; p -N -q a $t:x$t; p $t:x$t;p -n -q a $t:x$t; p -N -q a $t:x$t; done
  """#,
  #"""
  echo "a f1, f2" > ff; echo "b nof" >> ff; echo "c f1 nof" >> ff; echo hello > f1; echo world > f2; p -F btree:ff; p -q a btree:ff; p -F -q a btree:ff; p -F -s btree:ff; p -s btree:ff; echo "z notbase64!" > fg; p hash:fg; p -F -q z hash:fg; p -F -s hash:fg; echo "e f1,,f2 ,"> fh; p -F hash:fh; p -s hash:fh
  """#,
  #"""
  echo hello > f1;p -F -q a 'inline:{a=aGVsbG8K}'; p -F -q a 'static:f1'; p -F -q a 'inline:{a=f1}'; p -F -s 'inline:{a=f1}';  p -F -q a 'pcre:{{/a/ f1}}'; p -F -q 1.2.3.4 'cidr:{{1.2.3.4 f1}}';p -F -q a 'regexp:{{/a/ nof}}'; p -F -q a 'randmap:{f1}'; p -F -q a 'unionmap:{static:f1}'
  """#,
  #"""
  mkdir d; printf 'a d\nb d\xe9\n' > y; p -F hash:y; p -u -F lmdb:y; p -F -q a static:d; p -F -q a texthash:y; p -F -q a 'inline:{a=d}'; p -s proxy:hash:y; p -s proxy:nosuch; p -s proxy:; printf 'memcache = inet:127.0.0.1:1\n' > m.cf; p -d a memcache:./m.cf; p -d a memcache:./nofile; p -s memcache:./m.cf; printf 'a\n' | p -d - memcache:./m.cf
  """#,
  // Text tables heed -r and -w; pattern tables skip a line that a NUL ends before it begins; a last line
  // without newline that ends with byte 255 is the end.
  #"""
  printf 'a 1\na 2\nA 3\nb 1\n' > x; touch -d '1 hour ago' x; for o in -r -w -rw -wr; do p $o -q a texthash:x; p $o -s texthash:x | sort; p $o -q a 'unionmap:{texthash:x}'; p $o -q a 'inline:{a=1,a=2}'; done
  """#,
  #"""
  printf '\0\n1.2.3.4 a\n\0x\n' > i; p -q 1.2.3.4 cidr:i; printf '\0\nif /a/\n\0\n/a/ b\nendif\n\0' > x; p -q a regexp:x; p -q a pcre:x; for k in 'a\n\xff' 'a\nb\xff' 'b\xff\n' '\xff\xff' 'a\n\xfe'; do printf "$k" | p -u -q - static:x; done; printf 'a 1\n\xff 2\n' > y; p -u hash:y; printf '\xff' | p -u -d - hash:y; p -u -q $'\xff' hash:y; printf 'a: b\xff' | p -h -q - static:x; printf 'a: b\n\nb\xff' | p -bm -q - static:x
  """#,
  // A file may have a name that is no UTF-8.
  #"""
  n=$(printf 'f\xff\xe9'); echo hello > "$n"; echo other > f1; printf 'a f\xff\xe9\nb f1 f\xff\xe9\nc f\xfe\n' > s; p -F hash:s; p -u -F hash:s; p -F -s hash:s; p -u -F -s hash:s; p -s hash:s; printf '1.2.3.4 f\xff\xe9\n' > i; p -F -q 1.2.3.4 cidr:i; p -F -q b texthash:s; p -u -F -q b texthash:s; printf '/a/ f\xff\xe9\n' > r; p -F -q a regexp:r; p -u -F -q a pcre:r; printf 'compatibility_level=3.6\nsmtputf8_enable=no\n' > c/main.cf; p -F btree:s; p -F -s btree:s
  """#,
  #"""
  p -F -q a static:nof;  p -F -q a 'cidr:{{1.2.3.4 nof}}'; p -F -q a 'randmap:{nof}'; p -F -q root unix:passwd.byname;  p -F -q a 'pcre:{{/(a)/ $1}}'
  """#,
  #"""
  printf ' lead x  %s\nk v\nK v2\nnoval\nq: r\n"a b" c\n"unbal d\n\xff\xfe bad\nCAF\xc3\x89 v\nx \xff\n  # c\nk3 v3\n\n# y\n  cont\nk4 "q\n"k5"x y\n\\ z w\n:\n: v\n"" v\n a\nzz\xc3\xa9 \xff\x01\n' "$(head -c 50 /dev/zero | tr '\0' y)" > th2; touch -d yesterday th2; for t in hash btree lmdb cdb; do cp th2 t$t; p $t:t$t;done; p -s btree:tbtree; p -s lmdb:tlmdb; p -f btree:tbtree; p -s btree:tbtree; p -u btree:tbtree; p -s btree:tbtree; p -s texthash:th2 | sort
  """#,
  #"""
  printf 'a 1\nb 2\n' > h; postmap lmdb:h; postmap cdb:h; printf 'a\n\nb\nzz\nA\n' | p -q - lmdb:h; printf 'a\n\nb\nzz\nA\n b\nb \n' | p -q - cdb:h; printf 'a\nb' | p -q - cdb:h; printf '' | p -q - cdb:h; printf '' | p -q - nosuch:h; printf 'a\n' | p -q - nosuch:h; printf 'a\nc\n' | p -q - cdb:h nosuch:h;  printf 'a\0b\n' | p -q - cdb:h; printf 'a\r\n' | p -q - cdb:h;p -q "" lmdb:h
  """#,
  #"""
  printf 'a 1\nb 2\n' > h; postmap cdb:h; p -q a hash:nofile; p -q a cdb:h hash:nofile; p -q c cdb:h hash:nofile
  """#,
  #"""
  mkdir ro; echo 'a 1' > ro/x; chown 1000 ro/x; for t in hash btree lmdb cdb; do p $t:ro/x; done; echo 'a 1' > ro/y; chmod 000 ro/y; p hash:ro/y
  """#,
  #"""
  p hash:nodir/x; mkdir -p dd; p hash:dd; p lmdb:dd; p -q a dd
  """#,
  #"""
  echo 'a 1' > h; postmap btree:h; p -d a btree:h btree:nofile; p -q a btree:h
  """#,
  #"""
  echo 'a 1' > h; postmap btree:h; printf 'a\na\nb\n' | p -d - btree:h; printf 'q\n' | p -d - btree:h; cp h h2;  p hash:h2 btree:nofile lmdb:h; ls
  """#,
  #"""
  p "hash:" ; p ":h"; p "" ;
  """#,
  #"""
  p -q a "" ; p -q a :h; p -q a hash:;
  """#,
  #"""
  p -s hash:; p -d a hash:; p -i hash:
  """#,
  #"""
  printf '%s v\n' $(head -c 70000 /dev/zero | tr '\0' k) > lk; cp lk lk2; cp lk lk3; p hash:lk; p btree:lk2; p cdb:lk3; p -s btree:lk2 | tail -c 30;printf 'k %s\n' $(head -c 70000 /dev/zero | tr '\0' v) > lv; for t in hash btree lmdb cdb; do cp lv l$t; p $t:l$t;  postmap -q k $t:l$t | md5sum; done
  """#,
  #"""
  printf '%s v\nok x\n' $(head -c 600 /dev/zero | tr '\0' k) > long; p lmdb:long; p -s lmdb:long
  """#,
  #"""
  printf '%s v\nok x\n' $(head -c 511 /dev/zero | tr '\0' k) > long; p lmdb:long; p -n lmdb:long; p -q ok lmdb:long; p -q $(head -c 600 /dev/zero | tr '\0' k) lmdb:long
  """#,
  #"""
  mkdir o; chmod 777 o; cd o; mkdir c; cp ../c/main.cf c;  echo 'a 1' > o1; echo 'a 1' > o2; echo 'b 1' > o3; chown 1000:1000 o1; chown 1001:1001 o2; p hash:o1 hash:o2 hash:o3; ls -ln | awk '{print $1,$3,$4,$9}'; printf 'noval\nq: x\nk v\nk v\n' | p -i hash:o3; rm -f *.db; for t in hash btree lmdb cdb; do chmod 640 o1; p $t:o1;  chmod 600 o2; p -o $t:o2; p -p $t:o3; ls -ln | awk '{print $1,$3,$4,$9}'; rm -f *.db; done; chmod 604 o1; p -i lmdb:o9 < o1; p -i lmdb:o9 < o1; ls -ln | awk '{print $1,$3,$4,$9}'; chmod 600 o1; p lmdb:o1; ls -ln | awk '{print $1,$3,$4,$9}'; umask 027; p lmdb:o3;p -p hash:o3;  ls -ln | awk '{print $1,$3,$4,$9}'
  """#,
  #"""
  : > ze.db; echo 'a 1' > ze; p -q a hash:ze; p -q a btree:ze; p hash:ze; p -q a hash:ze; p btree:ze; p -s btree:ze; : > ze.db; p -d a btree:ze; : > ze.db; p -i btree:ze;  p -s btree:ze;
  """#,
  #"""
  echo garbage > ga.lmdb; p -q a lmdb:ga; echo garbage > ga.cdb; p -q a cdb:ga;  echo garbage > ga.db; p -q a hash:ga;
  """#,
  #"""
  echo garbage > ga.db; echo 'a 1' > ga;  cp ga.db ga.lmdb; cp ga.db ga.cdb;  p hash:ga; p lmdb:ga; p cdb:ga; p -s hash:ga; p -q a cdb:ga
  """#,
  #"""
  mkdir -p d.db d.lmdb d.cdb; p -q a hash:d; p -q a lmdb:d; p -q a cdb:d; echo 'a 1' > d; p hash:d
  """#,
  #"""
  mkdir -p d.db d.lmdb d.cdb; echo 'a 1' > d; p lmdb:d; p cdb:d; p -d a lmdb:d; p -d a hash:d
  """#,
  #"""
  echo 'a 1' > h; postmap hash:h; p -i btree:h; p -d a btree:h; p btree:h; p -s btree:h
  """#,
  #"""
  p -q $'\xff' 'inline:{a=1}'; p -u -q $'\xff' 'inline:{a=1}';p -q $'\xff' 'cidr:{{1.2.3.4 x}}'; p -q $'\xff' fail:x; p -d $'\xff' hash:x
  """#,
  #"""
  printf 'a \xff\n\xff b\n' > h; p -u btree:h; p -q a btree:h;  p -u -q a btree:h; p -u -q $'\xff' btree:h; p -s btree:h; p -d $'\xff' btree:h; p -u -d $'\xff' btree:h; printf '\xff\na\n' | p -q - btree:h
  """#,
  #"""
  echo 'a 1' > h; for t in hash btree lmdb cdb; do cp h h$t; postmap $t:h$t; touch h$t; sleep 0.1; touch -d '200 seconds ago' h$t; touch -d yesterday h$t.*; p -q a $t:h$t; p -s $t:h$t; p -d zz $t:h$t; done
  """#,
  #"""
  printf 'compatibility_level=3.6\nsmtputf8_enable=no\n' > c/main.cf; p -q $'\xff' 'inline:{a=1}'; p -q $'\xc3\x89' $'inline:{\xc3\xa9=low,\xc3\x89=up}'; printf 'CAF\xc3\x89 1\n\xff 2\nnoval\xc3\xa9\n "\xc3\xa9" lead\n' > nu; p btree:nu; p -s btree:nu;
  """#,
  #"""
  printf 'a =\n' >> c/main.cf; p -q a 'inline:{a=1}'; printf 'junk\n' >> c/main.cf; p -q a 'inline:{a=1}'
  """#,
  #"""
  printf 'compatibility_level=3.6\nlmdb_map_size=x\n' > c/main.cf; p -q a 'inline:{a=1}'; printf 'compatibility_level=3.6\nlmdb_map_size=0\n' > c/main.cf; p -q a 'inline:{a=1}'; printf 'compatibility_level=3.6\nsmtputf8_enable=maybe\n' > c/main.cf; p -q a 'inline:{a=1}'
  """#,
  #"""
  printf 'compatibility_level=3.6\ndefault_database_type=btree\n' > c/main.cf; p -q a nofile; echo 'a 1' > up; p up; p -s btree:up;  printf 'compatibility_level=3.6\nsmtpd_timeout=x\ndefault_database_type=$foo\nfoo=lmdb\n' > c/main.cf;  p up;p -s lmdb:up; printf 'compatibility_level=3.6\ndefault_database_type=\n' > c/main.cf;  p up
  """#,
  #"""
  p -c /nonexist hash:h; p -c; mkdir d; printf 'compatibility_level=3.6\ndefault_database_type=btree\n' > d/main.cf; echo 'a 1' > h; p -c d h;p -s btree:h; rm c/main.cf; p hash:h
  """#,
  #"""
  seq 1 3000 | sed 's/.*/key& value &/' > big; for t in btree lmdb hash; do cp big b$t; p $t:b$t; p -s $t:b$t | sort | md5sum;  seq 1 2 5000 | sed 's/.*/key&/' | p -q - $t:b$t | md5sum; seq 1 2 5000 | sed 's/.*/key&/' | p -d - $t:b$t; p -s $t:b$t | sort| md5sum;  seq 2900 3100 | sed 's/.*/key& new &/' | p -i $t:b$t | md5sum; p -s $t:b$t | sort| md5sum; done
  """#,
  #"""
  printf 'compatibility_level=3.6\nlmdb_map_size=65536\n' > c/main.cf;seq 1 30000 | sed 's/.*/key& value &/' > big; p lmdb:big; p -s lmdb:big | md5sum
  """#,
  // All tables are opened before the first key of `-d -` is read.
  #"""
  echo 'a 1' > h; postmap cdb:h; postmap hash:h; printf 'a\n' | p -d - hash:h cdb:h; p -s hash:h; printf 'a\n' | p -d - static:x hash:h; p -s hash:h; printf '' | p -d - hash:nofile; printf 'a\n' | p -d - environ:x fail:x; printf 'a\n' | p -d - static:
  """#,
  // Messages are made printable, by main.cf and not by -u.
  #"""
  printf 'a\x0bb\n"x\x01\t\xc3\xa9\n\x02 a\x00b\nk\xff\xff v\nk\xff\xff w\n' > h; for o in -u -ru ''; do p $o hash:h; p $o -i lmdb:h < h; done; p -s texthash:h | sort; printf 'compatibility_level=3.6\nsmtputf8_enable=no\n' > c/main.cf; p hash:h; p btree:$'n\xc3\xa9'; p $'\xff':x
  """#,
  // A key that the format cannot hold ends the run where it stands; what was added before it stays.
  #"""
  (echo 'a 1'; echo "$(head -c 600 /dev/zero | tr '\0' k) v"; echo noval; echo 'b 2') > h; p lmdb:h; p -s lmdb:h; p -i lmdb:i < h; p -s lmdb:i; (echo 'c 1'; cat h) | p -ir lmdb:i; p -s lmdb:i
  """#,
  #"""
  p -h -q a hash:h; p -m -q - hash:h < /dev/null; rm c/main.cf; p -h -q a hash:h; p -b -s hash:h; p -s -q a hash:h
  """#,
  #"""
  printf ' \t: a\0b\n\0\nk v\n\0x y\n' > h; for t in hash lmdb cdb; do cp h h$t; p $t:h$t; p -q k $t:h$t; done; p -q k texthash:h
  """#,
]
