#include <db.h>

/* The interface of Berkeley DB is a struct of function pointers; Swift would have to unwrap each
   optional pointer at each call. */
static inline int smtpd_bdb_create(DB **db, DB_ENV *env) { return db_create(db, env, 0); }

/* A private environment of one process in the folder of the table: only its cache is used, and a
   DB_CONFIG file there is honoured. */
static inline int smtpd_bdb_environment(DB_ENV **env, const char *home, u_int32_t cache) {
  int code = db_env_create(env, 0);
  if (code != 0) return code;
  (*env)->set_cachesize(*env, 0, cache, 1);
  code = (*env)->open(*env, home, DB_INIT_MPOOL | DB_CREATE | DB_PRIVATE, 0644);
  if (code != 0) (*env)->close(*env, 0);
  return code;
}
static inline int smtpd_bdb_environment_close(DB_ENV *env) { return env->close(env, 0); }
static inline int smtpd_bdb_open(DB *db, const char *file, DBTYPE type, u_int32_t flags, int mode) {
  return db->open(db, NULL, file, NULL, type, flags, mode);
}
static inline int smtpd_bdb_close(DB *db) { return db->close(db, 0); }
static inline int smtpd_bdb_sync(DB *db) { return db->sync(db, 0); }
static inline int smtpd_bdb_fd(DB *db, int *fd) { return db->fd(db, fd); }
static inline int smtpd_bdb_set_elements(DB *db, u_int32_t count) {
  return db->set_h_nelem(db, count);
}
static inline int smtpd_bdb_get(DB *db, DBT *key, DBT *value) {
  return db->get(db, NULL, key, value, 0);
}
static inline int smtpd_bdb_put(DB *db, DBT *key, DBT *value, u_int32_t flags) {
  return db->put(db, NULL, key, value, flags);
}
static inline int smtpd_bdb_delete(DB *db, DBT *key) { return db->del(db, NULL, key, 0); }
static inline int smtpd_bdb_cursor(DB *db, DBC **cursor) { return db->cursor(db, NULL, cursor, 0); }
static inline int smtpd_bdb_cursor_next(DBC *cursor, DBT *key, DBT *value) {
  return cursor->get(cursor, key, value, DB_NEXT);
}
static inline int smtpd_bdb_cursor_close(DBC *cursor) { return cursor->close(cursor); }

/* Without a callback the library explains its errors on standard error. */
static inline void smtpd_bdb_ignore(const DB_ENV *env, const char *prefix, const char *text) {}
static inline void smtpd_bdb_silence(DB_ENV *env) { env->set_errcall(env, smtpd_bdb_ignore); }
