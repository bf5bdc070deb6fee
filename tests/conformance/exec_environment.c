// SPDX-License-Identifier: Apache-2.0
//
// Hazard: exec with an environment of one's own, with the preload and without; and an exec that
// fails and comes back. Known, before the exec: 20 pairs.
#include <string.h>
#include <unistd.h>

#include "known.h"

int main(int argc, char** argv) {
  if (argc > 1) return strcmp(argv[1], "second") == 0 && getenv("KEPT") != NULL ? 0 : 1;
  known_pairs(10);
  char* const nothing[] = {NULL};
  CHECK(execve("/no/such/program", argv, nothing) == -1);
  known_pairs(10);
  char* const words[] = {argv[0], "second", NULL};
  char* const clean[] = {"KEPT=1", NULL};
  execve("/proc/self/exe", words, clean);
  return 1;
}
