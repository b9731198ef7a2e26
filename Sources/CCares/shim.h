/* As in CSystem: the two must see the same fd_set. */
#define _GNU_SOURCE
#include <ares.h>
#include <arpa/nameser.h>
