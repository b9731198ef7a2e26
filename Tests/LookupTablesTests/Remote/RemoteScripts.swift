/// Shell scripts about tables of SQLite files and parameter files; `p` runs postmap and shows its exit
/// status.
let sqliteScripts: [String] = [
  sqliteBase + #"""
    t '' joe JOE "o'k" empty nul nothere u@d.com "x' OR '1'='1"
    p -q '' sqlite:./t.cf
    p -q $'\xff' sqlite:./t.cf
    p -u -q $'\xff' sqlite:./t.cf
    p -f -q JOE sqlite:./t.cf
    printf 'joe\nnothere\nJOE\n' | p -q - sqlite:./t.cf
    p -s sqlite:./t.cf; p -d joe sqlite:./t.cf; p sqlite:./t.cf; echo 'a b' | p -i sqlite:./t.cf
    """#,
  sqliteBase + #"""
    q "SELECT '%u|%d|%s|%U|%D|%S'"; t '' u@d u@ @d u u@d@e '"a b"@c' "it's@o'x" 'U@A.B' '%s@%d'
    q "SELECT '%s %d'"; t '' U@A.B u; q "SELECT '%s'"; t '' 'a%sb'
    """#,
  sqliteBase + #"""
    q "SELECT '%1|%2|%3@x'"
    t 'result_format = [%s]%u,%d;%S %U %D %1 %%' u@a.b.c u@b.c a.b.c .a.b.c 'u@[1.2.3.4]' abc
    t '' u@a..b.c x@a.b.c. @a.b.c u@.b.c a.b.c.d U@A.B.C.D
    """#,
  sqliteBase + #"""
    q "SELECT 'u@' UNION SELECT '@d' UNION SELECT 'p' UNION SELECT 'a@b'"
    t 'result_format = %d' x; t 'result_format = %u' x; t 'result_format = %s' x
    t 'result_format = %S=%s' x; t 'result_format = %D' x x@y
    """#,
  sqliteBase + #"""
    t 'expansion_limit = 1' joe u@d.com; t 'expansion_limit = 2' joe; t 'expansion_limit = x1' joe
    t 'expansion_limit = -1' joe; t 'expansion_limit = 99999999999' joe; t 'expansion_limit =' joe
    t 'result_format = %z' joe; t 'result_format = %' joe; t 'result_format =' joe; t 'junk' joe; t '= x' joe
    q "SELECT v FROM a WHERE k = '%z'"; t '' joe
    """#,
  sqliteBase + #"""
    q "SELEC v FROM a WHERE k = '%s'"; t '' joe; q "SELECT v FROM a WHERE k = '%s'; SELECT 2"; t '' joe
    q "SELECT v, k FROM a WHERE k = '%s'"; t '' joe; q "SELECT v FROM nosuch WHERE k = '%s'"; t '' joe
    q "CREATE TABLE zz (a text)"; t '' joe joe; q "SELECT k, v FROM a"; t '' joe
    """#,
  sqliteBase + #"""
    printf 'f.com x\n' >x; printf '# no\ng.com\n!h.com\n' >list
    for d in d.com '!d.com, e.com' "$PWD/list" texthash:$PWD/x 'd.com texthash:x' static:all fail:x \
      texthash:/nosuch "$PWD/nolist"
    do t "domain = $d" u@d.com u@D.COM u@x.d.com d.com @d.com u@ u@f.com u@g.com u@h.com u@e.com joe; done
    """#,
  sqliteBase + #"""
    for f in 'table = a' 'select_field = v' 'table = a%nwhere_field = k' \
      'table = a%nwhere_field = k%nselect_field = v' \
      "table = a%nwhere_field = k%nselect_field = v%nadditional_conditions = AND v = 'x1'" 'table = a%%z'
    do { echo dbpath = t.db; printf '%b\n' "${f//%n/\\n}"; } >t.cf; touch -d '1 minute ago' t.cf; p -q joe sqlite:./t.cf; done
    echo 'query = SELECT 1' >t.cf; touch -d '1 minute ago' t.cf; p -q joe sqlite:./t.cf
    printf 'dbpath = none/t.db\nquery = SELECT 1\n' >t.cf; touch -d '1 minute ago' t.cf; p -q joe sqlite:./t.cf
    printf 'dbpath = new.db\nquery = SELECT 1 FROM a\n' >t.cf; touch -d '1 minute ago' t.cf; p -q joe sqlite:./t.cf; ls -s new.db
    : >t.cf; touch -d '1 minute ago' t.cf; p -q joe sqlite:./t.cf; p -q joe sqlite:./nosuch
    """#,
  sqliteBase + #"""
    cat >>c/main.cf <<'E'
    name_dbpath = t.db
    format = <%s>
    name_query = SELECT v FROM a WHERE k = '%s'
    name_result_format = $format
    name2_dbpath = t.db
    name3_query = SELECT 1
    E
    touch -d '1 minute ago' c/main.cf
    p -q joe sqlite:name; p -q joe sqlite:name2; p -q joe sqlite:name3; p -q joe sqlite:nosuch
    printf 'name4_dbpath = t.db\nname4_query = SELECT 1\nname4_expansion_limit = x\n' >>c/main.cf
    touch -d '1 minute ago' c/main.cf; p -q joe sqlite:name4
    """#,
]

/// A database; `q` sets the query; `t` writes a parameter file with a line more and asks for keys.
private let sqliteBase = #"""
  sqlite3 t.db "create table a(k text, v text); insert into a values('joe','x1'), ('joe','x2'),
    ('u@d.com','r@s'), ('empty',''), ('nul',NULL), ('o''k','q'), ('b\s','bs')"
  q() { query=$1; }
  q "SELECT v FROM a WHERE k = '%s'"
  t() {
    printf 'dbpath = t.db\nquery = %s\n%s\n' "$query" "$1" >t.cf; touch -d '1 minute ago' t.cf
    echo "## $query ## $1"; shift; for key; do p -q "$key" sqlite:./t.cf; done
  }

  """#

/// The same for servers: `type` and `base`, the lines that every file has, are set before.
let serverScriptBase = #"""
  q() { query=$1; }
  q "SELECT v FROM a WHERE k = '%s'"
  t() {
    printf '%s\nquery = %s\n%s\n' "$base" "$query" "$1" >t.cf; touch -d '1 minute ago' t.cf
    echo "## $query ## $1"; shift; for key; do p -q "$key" $type:./t.cf; done
  }

  """#

/// What SQL servers are asked alike.
let serverQueryScripts: [String] = [
  #"""
  t '' joe "o'k" 'b\s' empty nul nothere u@d.com "x' OR '1'='1" 'x\' 'x\" OR 1=1 --'
  q "SELECT '%u-%d' FROM a WHERE k = 'joe'"; t '' u@d "it's@o'x"
  """#,
  #"""
  t 'expansion_limit = 1' joe u@d.com; t 'result_format = [%s]' joe; t 'domain = d.com' joe u@d.com
  q "SELECT k, v FROM a WHERE k = '%s'"; t '' joe
  """#,
  #"""
  q "SELEC v FROM a WHERE k = '%s'"; t '' joe; t 'expansion_limit = x' joe; t 'result_format = %z' joe
  """#,
  #"""
  q ''; t '' joe; t 'table = a' joe
  t $'table = a\nselect_field = v\nwhere_field = k\nadditional_conditions = ORDER BY v DESC' joe
  p -q joe $type:./nosuch; p -q joe $type:nosuch; printf 'query = SELECT 1\n' >t.cf; touch -d '1 minute ago' t.cf
  p -q joe $type:./t.cf
  """#,
]
