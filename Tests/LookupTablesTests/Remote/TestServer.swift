import Foundation
import TestSupport
import Testing

/// A real server from its Debian package, in a folder of its own, until the object is gone.
final class TestServer {
  /// Holds everything of the server; its socket too.
  let folder: String

  /// - Parameter start: a shell script that leaves the server's process id in `$D/pid`
  /// - Parameter isReady: a shell command that succeeds once the server answers
  /// - Parameter fill: a shell script that is run then
  init(start: String, isReady: String, fill: String) throws {
    folder = NSTemporaryDirectory() + "server-\(getpid())-\(UInt32.random(in: 0...(.max)))"
    let script = """
      \(TestServer.startsAlone)
      set -e; D=\(folder); mkdir -p $D; chmod 755 $D; cd $D
      \(start)
      for i in $(seq 300); do if \(isReady) >/dev/null 2>&1; then break; fi; sleep 0.1; done
      \(isReady)
      \(fill)
      """
    let output = Programs.run("/bin/bash", ["-c", "exec 2>&1\n" + script])
    try #require(
      output.status == 0, "\(String(decoding: output.standardOutput, as: UTF8.self))")
  }

  /// A shell function that starts a server without the pipes of tests that run at the same time,
  /// which it would keep open.
  static let startsAlone = """
    alone() {
      for fd in /proc/self/fd/*; do fd=${fd##*/}; [ $fd -gt 2 ] && eval "exec $fd>&-" 2>/dev/null; done
      exec setsid "$@" >log 2>&1 </dev/null
    }
    """

  deinit {
    let script = """
      D=\(folder); kill -9 $(cat $D/pid | head -1)
      for i in $(seq 50); do kill -0 $(head -1 $D/pid) || break; sleep 0.1; done
      rm -rf $D
      """
    _ = Programs.run("/bin/bash", ["-c", "exec 2>/dev/null\n" + script])
  }

  static func postgreSQL() throws -> TestServer {
    try TestServer(
      start: """
        bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
        mkdir pg; chown postgres . pg
        su postgres -s /bin/sh -c "$bin/initdb -D $D/pg -A trust -U postgres --no-sync -E UTF8" >log 2>&1
        (alone su postgres -s /bin/sh -c "exec $bin/postgres -D $D/pg -k $D -h '' -F") &
        sleep 0.2; until [ -s pg/postmaster.pid ]; do sleep 0.1; done; head -1 pg/postmaster.pid >pid
        """,
      isReady: "psql -h $D -U postgres -c 'select 1'",
      fill: #"""
        psql -h $D -U postgres -q <<'E'
        create table a(k text, v text);
        insert into a values ('joe','x1'), ('joe','x2'), ('u@d.com','r@s'), ('empty',''), ('nul',NULL),
          ('o''k','q'), ('b\s','bs');
        E
        """#)
  }

  static func mariaDB() throws -> TestServer {
    try TestServer(
      start: """
        chown mysql .
        mariadb-install-db --user=mysql --datadir=$D/data --auth-root-authentication-method=normal \
          --skip-test-db >log 2>&1
        (alone mariadbd --no-defaults --user=mysql --datadir=$D/data --socket=$D/s --skip-networking \
          --pid-file=$D/pid) &
        """,
      isReady: "mariadb --no-defaults -S $D/s -u root -e 'select 1'",
      fill: #"""
        mariadb --no-defaults -S $D/s -u root <<'E'
        create database mail; use mail;
        create table a(k varchar(99), v varchar(99));
        insert into a values ('joe','x1'), ('joe','x2'), ('u@d.com','r@s'), ('empty',''), ('nul',NULL),
          ('o\'k','q'), ('b\\s','bs');
        create user pf@localhost identified by 'pw'; grant all on mail.* to pf@localhost;
        delimiter //
        create procedure lk(in p varchar(99)) begin select v from a where k = p; end //
        create procedure lk0(in p varchar(99)) begin set @a = 1; end //
        create procedure lk2(in p varchar(99)) begin select v from a where k = p; select 2; end //
        E
        """#)
  }

  static func ldap() throws -> TestServer {
    try TestServer(
      start: #"""
        mkdir db
        cat >slapd.conf <<E
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/inetorgperson.schema
        pidfile $D/pid
        modulepath /usr/lib/ldap
        moduleload back_mdb
        database mdb
        suffix "dc=x"
        rootdn "cn=admin,dc=x"
        rootpw secret
        directory $D/db
        E
        (alone slapd -d 0 -h "ldapi://${D//\//%2F}%2Fs" -f slapd.conf) &
        """#,
      isReady: "ldapsearch -x -H ldapi://${D//\\//%2F}%2Fs -b '' -s base",
      fill: #"""
        ldapadd -x -H ldapi://${D//\//%2F}%2Fs -D cn=admin,dc=x -w secret >log <<'E'
        dn: dc=x
        objectClass: dcObject
        objectClass: organization
        o: x
        dc: x

        dn: cn=joe,dc=x
        objectClass: inetOrgPerson
        cn: joe
        sn: j
        mail: joe@d.com
        mail: joe2@d.com
        description: one

        dn: cn=o*(k)\5c,dc=x
        objectClass: inetOrgPerson
        cn: o*(k)\
        sn: j
        mail: star@d.com

        dn: cn=grp,dc=x
        objectClass: groupOfNames
        cn: grp
        member: cn=joe,dc=x
        member: cn=gone,dc=x
        member: cn=o*(k)\5c,dc=x
        description: the group

        dn: cn=urls,dc=x
        objectClass: inetOrgPerson
        cn: urls
        sn: j
        labeledURI: ldap:///dc=x?mail?sub?(cn=joe)
        E
        """#)
  }

  static func redis() throws -> TestServer {
    try TestServer(
      start: """
        (alone redis-server --port 0 --unixsocket $D/s --save '' --requirepass pw --pidfile $D/pid) &
        """,
      isReady: "redis-cli -s $D/s -a pw --no-auth-warning ping",
      fill: """
        redis-cli -s $D/s -a pw --no-auth-warning >log <<'E'
        set joe x1
        set empty ""
        hset aliases joe hv
        rpush list 1 2
        set "two words" tw
        E
        """)
  }

  static func memcached() throws -> TestServer {
    try TestServer(
      start: "chmod 777 .; (alone memcached -u nobody -s $D/s -a 666 -P $D/pid) &",
      isReady: "test -S $D/s", fill: "true")
  }
}
