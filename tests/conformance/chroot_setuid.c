// SPDX-License-Identifier: Apache-2.0
//
// Hazard: a server that shuts itself in: chroot into an empty folder, then another user's rights.
// A tool that opens its files anew finds none. Needs root; says 77 without. Known: 40 pairs.
#include <grp.h>
#include <unistd.h>

#include "known.h"

int main(void) {
  known_pairs(20);
  if (geteuid() != 0) return 77;
  char name[] = "/tmp/conformance-XXXXXX";
  CHECK(mkdtemp(name) != NULL);
  CHECK(chdir(name) == 0);
  CHECK(rmdir(name) == 0);
  CHECK(chroot(".") == 0);
  CHECK(setgroups(0, NULL) == 0 && setgid(65534) == 0 && setuid(65534) == 0);
  known_pairs(20);
  for (int i = 0; i < 100000; i++) free(malloc(64));
  return 0;
}
