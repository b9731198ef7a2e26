#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/un.h>
#include <sys/mman.h>
#include <netinet/tcp.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <pwd.h>
#include <grp.h>
#include <fcntl.h>
#include <unistd.h>
#include <syslog.h>

/* Swift does not import variadic functions. */
static inline int smtpd_open(const char *path, int flags, unsigned mode) { return open(path, flags, mode); }
static inline int smtpd_fcntl_int(int fd, int command, int value) { return fcntl(fd, command, value); }
static inline int smtpd_fcntl_lock(int fd, int command, struct flock *lock) { return fcntl(fd, command, lock); }
/* syslog(3) takes a format and varargs; the text must never be taken for the format. */
static inline void smtpd_syslog(int priority, const char *text) { syslog(priority, "%s", text); }
