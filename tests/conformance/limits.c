// SPDX-License-Identifier: Apache-2.0
//
// Hazard: the program's own limits: no descriptor left, a small file size, little address space.
// A tool that does not live within them takes what is the program's, or its life by SIGXFSZ.
// Known: 100 pairs after the limits.
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "known.h"

static void limit(int which, rlim_t value) {
  const struct rlimit both = {value, value};
  CHECK(setrlimit(which, &both) == 0);
}

int main(void) {
  free(malloc(1));
  limit(RLIMIT_FSIZE, 1 << 20);
  limit(RLIMIT_NOFILE, 8);
  int opened = 0;
  while (open("/dev/null", O_RDONLY) >= 0) opened++;
  CHECK(errno == EMFILE && opened == 5);
  known_pairs(100);
  limit(RLIMIT_AS, 512 << 20);
  void* big = known_malloc((size_t)4 << 30);
  CHECK(big == NULL && errno == ENOMEM);
  void* small = known_malloc(1 << 20);
  CHECK(small != NULL);
  free(small);
  return 0;
}
