/* No _GNU_SOURCE: with it the structs of this module differ from those of the Glibc module, and files that
   import both do not build. What needs it is declared below. */
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
static inline void smtpd_syslog(int priority, const unsigned char *text)
{
    syslog(priority, "%s", (const char *) text);
}

/* GNU extension, see above. */
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);

#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
static inline int smtpd_openat(int directory, const char *path, int flags, unsigned mode) {
  return syscall(SYS_openat, directory, path, flags, mode);  /* no cancellation point, see below */
}
/* renameat2(2) without replacing: declared by the C library only under _GNU_SOURCE. Where the file system cannot do
   it (EINVAL), link(2) and unlink(2) would leave two names after a crash; plain rename(2) is what is left. */
static inline int smtpd_rename_new(int from_dir, const char *from, int to_dir, const char *to) {
  if (syscall(SYS_renameat2, from_dir, from, to_dir, to, 1u) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  return renameat(from_dir, from, to_dir, to);
}

/* The C library's wrappers of these calls are cancellation points (pthreads(7)): preparing for that takes more
   instructions than the call. No thread is ever cancelled here. */
static inline ssize_t smtpd_recv(int fd, void *buffer, size_t size, int flags) { return syscall(SYS_recvfrom, fd, buffer, size, flags, (void *)0, (void *)0); }
static inline ssize_t smtpd_send(int fd, const void *buffer, size_t size, int flags) { return syscall(SYS_sendto, fd, buffer, size, flags, (void *)0, 0L); }
static inline ssize_t smtpd_read(int fd, void *buffer, size_t size) { return syscall(SYS_read, fd, buffer, size); }
static inline ssize_t smtpd_write(int fd, const void *buffer, size_t size) { return syscall(SYS_write, fd, buffer, size); }
static inline int smtpd_epoll_wait(int epoll, struct epoll_event *events, int count, int timeout) {
  return syscall(SYS_epoll_pwait, epoll, events, count, timeout, (void *)0, 8L);
}
/* pwritev2(2) with RWF_NOWAIT at the current position: declared only under _GNU_SOURCE. */
#include <sys/uio.h>
static inline ssize_t smtpd_write_ready(int fd, const void *buffer, size_t size) {
  struct iovec part = {(void *)buffer, size};
  return syscall(SYS_pwritev2, fd, &part, 1, -1L, -1L, 8);
}
static inline int smtpd_fsync(int fd) { return syscall(SYS_fsync, fd); }
static inline int smtpd_close(int fd) { return syscall(SYS_close, fd); }

/* Swift has no way to ask for a cache line before it is needed. */
static inline void smtpd_prefetch(const void *address) { __builtin_prefetch(address); }
