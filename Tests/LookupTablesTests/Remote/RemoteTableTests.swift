import Foundation
import RestrictionDSL
import TestSupport
import Testing

@testable import LookupTables

/// Remote tables, asked through postmap-swift: the referee is the installed postmap with the same
/// parameter files and the same servers.
@Suite struct `Remote tables` {
  @Test func `of SQLite files answer as postmap's do`() throws {
    try compare(sqliteScripts)
  }

  #if PostgreSQL
    @Test func `of PostgreSQL answer as postmap's do`() throws {
      let server = try TestServer.postgreSQL()
      let base = "hosts = unix:\(server.folder)\nuser = postgres\ndbname = postgres"
      let own = [
        #"t $'hosts = 127.0.0.1:1' joe; t $'dbname = nosuch' joe; t "hosts = /nosuch" joe"#,
        #"q "SELECT 1; SELECT v FROM a WHERE k = '%s'"; t '' joe"#,
        #"q ''; t 'select_function = upper' joe"#,
        #"q "SET work_mem = '4MB'"; t '' joe"#,
        "t $'hosts = postgresql://postgres@/postgres?host=\(server.folder)' joe",
      ]
      try compare(
        (serverQueryScripts + own).map {
          "type=pgsql; base=$'\(base)'\n" + serverScriptBase + $0
        })
    }

    /// A key that cannot be put into the encoding of the connection is the fault of whoever asks for it.
    @Test func `of PostgreSQL go on after a query that failed`() throws {
      let server = try TestServer.postgreSQL()
      let path = "\(server.folder)/utf8.cf"
      try """
      hosts = unix:\(server.folder)
      user = postgres
      dbname = postgres
      encoding = UTF8
      query = SELECT 'found ' || '%s'
      """.write(toFile: path, atomically: true, encoding: .utf8)
      let cache = TableCache(options: TableOptions(smtputf8: false))
      let table = cache.open(TableSpec(type: "pgsql", name: path))
      #expect(try table.value(for: Bytes("joe").span) == Bytes("found joe"))
      #expect(throws: LookupError.self) { try table.value(for: [0xFF, 0xFE].span) }
      #expect(try table.value(for: Bytes("jim").span) == Bytes("found jim"))
    }
  #endif

  #if MySQL
    @Test func `of MariaDB answer as postmap's do`() throws {
      let server = try TestServer.mariaDB()
      let base = "hosts = unix:\(server.folder)/s\nuser = pf\npassword = pw\ndbname = mail"
      let own = [
        #"t 'password = wrong' joe; t 'dbname = nosuch' joe; t 'hosts = unix:/nosuch' joe; t 'hosts = 127.0.0.1:1' joe"#,
        #"q "CALL lk('%s')"; t '' joe nothere; q "CALL lk2('%s')"; t '' joe"#,
        #"q "CALL lk0('%s')"; t '' joe; t 'require_result_set = no' joe; t 'require_result_set = maybe' joe"#,
        #"q "SELECT v FROM a WHERE k = '%s'; SELECT 1"; t '' joe"#,
      ]
      try compare(
        (serverQueryScripts + own).map {
          "type=mysql; base=$'\(base)'\n" + serverScriptBase + $0
        })
    }
  #endif

  #if LDAP
    @Test func `of an LDAP directory answer as postmap's do`() throws {
      let server = try TestServer.ldap()
      let url = "ldapi://\(server.folder.replacing("/", with: "%2F"))%2Fs"
      let base = """
        l() { printf 'server_host = %s\\n' "\(url)" "$@" | sed '2,$s/^server_host = //' >t.cf
          touch -d '1 minute ago' t.cf; echo "## $*"; for key in "${keys[@]}"; do p -q "$key" ldap:./t.cf; done; }

        """
      try compare(
        [
          #"""
          keys=(joe 'o*(k)\' nothere '*' 'a b' 'x)(cn=*' 'joe@d' '')
          l 'search_base = dc=x' 'query_filter = cn=%s' 'result_attribute = mail'
          l 'search_base = dc=x' 'query_filter = (cn=%u)' 'result_attribute = mail, description' 'result_format = <%s>'
          """#,
          #"""
          keys=(joe 'o*(k)\' nothere 'x,y' ' x ')
          l 'search_base = cn=%s,dc=x' 'query_filter = (objectClass=*)' 'result_attribute = mail' 'scope = base' 'cache = yes'
          l 'search_base = dc=nosuch' 'query_filter = cn=%s' 'result_attribute = mail'
          """#,
          #"""
          keys=(joe); b='search_base = dc=x'; f='query_filter = (cn=%s)'; r='result_attribute = mail'
          l "$b" "$f" "$r" 'expansion_limit = 1'; l "$b" 'query_filter = (cn=%s' "$r"; l "$b" "$f" "$r" 'scope = foo'
          l "$b" 'query_filter = (objectClass=inetOrgPerson)' "$r" 'size_limit = 1'; l "$b" "$f" "$r" 'bind = foo'
          l "$b" "$f" "$r" 'bind = no'; l "$b" "$f" "$r" 'bind_dn = cn=admin,dc=x' 'bind_pw = wrong'
          l "$b" "$f" "$r" 'bind_dn = cn=admin,dc=x' 'bind_pw = secret'; l "$b" "$f" "$r" 'timeout = x'
          l "$b" "$f" "$r" 'domain = d.com'; l "$b" "$f" 'result_filter = {%s}' "$r"
          """#,
          #"""
          keys=(grp urls joe); b='search_base = dc=x'; f='query_filter = (cn=%s)'; r='result_attribute = mail'
          l "$b" "$f" "$r" 'special_result_attribute = member, labeledURI'
          l "$b" "$f" "$r" 'special_result_attribute = member' 'leaf_result_attribute = description'
          l "$b" "$f" "$r" 'special_result_attribute = member' 'terminal_result_attribute = description'
          l "$b" "$f" "$r" 'special_result_attribute = member' 'recursion_limit = 1'
          l "$b" "$f" "$r" 'special_result_attribute = member' 'expansion_limit = 2'
          """#,
          #"""
          printf 'server_host = 127.0.0.1:1\n' >t.cf; touch -d '1 minute ago' t.cf; p -q joe ldap:./t.cf; p -q joe ldap:./nosuch
          printf 'server_host = 127.0.0.1 127.0.0.2:2\nserver_port = 1\nbind_dn = cn=x\n' >t.cf; touch -d '1 minute ago' t.cf
          p -q joe ldap:./t.cf; printf 'server_port = x\n' >t.cf; touch -d '1 minute ago' t.cf; p -q joe ldap:./t.cf
          """#,
        ].map { base + $0 })
    }
  #endif

  #if Redis
    // Source: redis_table(5) of this program; Postfix 3.7 has no such type
    @Test func `of Redis answer with what its commands say`() throws {
      let server = try TestServer.redis()
      let cases: [(lines: String, key: String, said: String)] = [
        ("", "JOE", "x1\nrc=0\n"), ("", "nothere", "rc=1\n"), ("", "two words", "tw\nrc=0\n"),
        ("query = HGET aliases %s", "joe", "hv\nrc=0\n"),
        ("query = LRANGE %s 0 -1\nresult_format = <%s>", "list", "<1>,<2>\nrc=0\n"),
        (
          "query = LRANGE %s 0 -1\nexpansion_limit = 1", "list",
          "postmap: warning: dict_redis_lookup: TABLE: Expansion limit exceeded for key: 'list'\n"
            + "postmap: fatal: table redis:TABLE: query error: Application error\nrc=1\n"
        ),
        (
          "", "empty",
          "postmap: warning: table \"redis:TABLE\": empty lookup result for: \"empty\" -- ignored\nrc=1\n"
        ),
        (
          "", "list",
          "postmap: warning: redis:TABLE: query failed: WRONGTYPE Operation against a key holding "
            + "the wrong kind of value\n"
            + "postmap: fatal: table redis:TABLE: query error: Application error\nrc=1\n"
        ),
        (
          "password = bad", "joe",
          "postmap: warning: connect to redis server unix:SOCKET: WRONGPASS invalid username-password "
            + "pair or user is disabled.\n"
            + "postmap: fatal: table redis:TABLE: query error: Application error\nrc=1\n"
        ),
        ("dbindex = 3", "joe", "rc=1\n"), ("domain = d.com", "joe", "rc=1\n"),
        ("hosts = unix:/nosuch unix:SOCKET", "joe", "x1\nrc=0\n"),
      ]
      let folder = try TemporaryFolder()
      for (index, row) in cases.enumerated() {
        let socket = "\(server.folder)/s"
        let names = Set(
          row.lines.split(separator: "\n").compactMap { $0.split(separator: " ").first })
        let base = ["hosts = unix:\(socket)", "password = pw"].filter { line in
          !names.contains { line.hasPrefix($0) }
        }
        let lines = row.lines.replacing("SOCKET", with: socket)
        try folder.write("\(index).cf", Bytes((base + [lines]).joined(separator: "\n") + "\n"))
        let path = "\(folder.path)/\(index).cf"
        let output = Programs.run(
          "/bin/bash",
          ["-c", "exec 2>&1; $0 -q \"$1\" redis:$2; echo rc=$?", Programs.postmap, row.key, path])
        let said = String(decoding: output.standardOutput, as: UTF8.self)
          .replacing(path, with: "TABLE").replacing(socket, with: "SOCKET")
          .replacing(#/postmap: warning: connect to redis server unix:\/nosuch[^\n]*\n/#, with: "")
        #expect(said == row.said, "\(row.lines) \(row.key)")
      }
    }
  #endif

  @Test func `of memcached answer as postmap's do`() throws {
    let server = try TestServer.memcached()
    try compare([
      #"""
      printf 'joe back\n' >b; unique=$(basename $PWD)
      t() { printf '%s\n' "memcache = unix:SERVER" "$@" >t.cf; touch -d '1 minute ago' t.cf; p -q joe memcache:./t.cf; }
      t "key_format = $unique:%s"; t "key_format = $unique:%s" "backup = texthash:$PWD/b"
      t "key_format = $unique:%s"; t "key_format = $unique:%u"; t 'memcache = unix:/nosuch'
      """#.replacing("SERVER", with: server.folder + "/s"),
      // Removed from the cache, and from the table behind it.
      #"""
      printf 'joe back\njim x\n' >h; touch -d '1 hour ago' h; p hash:h; unique=$(basename $PWD)
      c() { printf '%s\n' "memcache = unix:SERVER" "key_format = $unique:%s" "$@" >t.cf; touch -d '1 minute ago' t.cf; }
      c "backup = hash:h"; p -q joe memcache:./t.cf; p -q jim memcache:./t.cf; c; p -q JOE memcache:./t.cf
      p -f -d JOE memcache:./t.cf; p -d JOE memcache:./t.cf; p -d joe memcache:./t.cf; p -q joe memcache:./t.cf
      printf 'no\njim\n' | p -d - memcache:./t.cf; p -q jim memcache:./t.cf; p -d 'a b' memcache:./t.cf; p -s memcache:./t.cf
      c "backup = hash:h"; p -q jim memcache:./t.cf; p -d jim memcache:./t.cf; p -d jim memcache:./t.cf; p -q jim hash:h; p -s memcache:./t.cf
      c "backup = static:x"; p -d joe memcache:./t.cf; c "domain = example.com"; p -d joe@example.net memcache:./t.cf; rm h.db
      """#.replacing("SERVER", with: server.folder + "/s"),
    ])
  }

  @Test func `behind proxymap answer as postmap's do`() throws {
    try compare([
      TestServer.startsAlone + #"""

        mkdir q d
        for n in incoming active deferred hold maildrop corrupt bounce defer flush trace saved private public pid
        do mkdir q/$n; chown postfix q/$n; done
        chown root q/pid; chown postfix d; chmod 755 q/private q/public
        printf 'joe yes\nempty\n' >t; printf '/^(J)oe/ $1\n' >re
        cat >>c/main.cf <<E
        queue_directory = $PWD/q
        data_directory = $PWD/d
        proxy_read_maps = proxy:texthash:$PWD/t proxy:regexp:$PWD/re proxy:fail:x proxy:static:s proxy:texthash:/nosuch
        E
        touch -d '1 minute ago' c/main.cf
        echo 'proxymap unix - - n - - proxymap' >c/master.cf
        (alone /usr/lib/postfix/sbin/master -c $PWD/c -d) & disown  # bash says nothing of its end
        until [ -S q/private/proxymap ]; do sleep 0.05; done
        p -q JOE proxy:texthash:$PWD/t; p -q nothere proxy:texthash:$PWD/t; p -q Joe proxy:regexp:$PWD/re
        p -q joe proxy:regexp:$PWD/re; p -f -q JOE proxy:texthash:$PWD/t
        p -q x proxy:fail:x; p -q x proxy:static:s; p -q x proxy:static:denied; p -q joe proxy:texthash:/nosuch
        printf 'joe\nnothere\nJOE\n' | p -q - proxy:texthash:$PWD/t
        kill -9 -- -$(pgrep -f "sbin/master -c $PWD/c") 2>/dev/null
        while pgrep -f "sbin/master -c $PWD/c" >/dev/null; do sleep 0.05; done
        rm -rf q d log
        """#
    ])
  }

  private func compare(_ scripts: [String]) throws {
    try #require(!scripts.isEmpty)
    for outcome in try ScriptBench().run(scripts) {
      let ours = normal(outcome.ours).split(separator: "\n")
      let theirs = normal(outcome.theirs).split(separator: "\n")
      try #require(!theirs.isEmpty)
      let differences = ours.difference(from: theirs).map { change in
        switch change {
        case .insert(let line, let text, _): "\(line): ours \(text)"
        case .remove(let line, let text, _): "\(line): theirs \(text)"
        }
      }
      #expect(differences == [], "\(outcome.script)")
    }
  }

  /// What errno says behind `query error` is what some call long before left there; the folders of
  /// the two programs have different names.
  private func normal(_ text: String) -> String {
    text.replacing(#/query error: [^\n]*/#, with: "query error")
      .replacing(#/\/(ours|theirs)[0-9]+/#, with: "/FOLDER")
  }
}
