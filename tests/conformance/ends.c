// SPDX-License-Identifier: Apache-2.0
//
// Hazard: the ways of ending, by the first argument. What was not written out by then is lost with
// most tools. Known: 500 allocations, of which 100 leak.
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "known.h"

int main(int argc, char** argv) {
  static void* volatile leaked[100];
  const char* how = argc > 1 ? argv[1] : "";
  known_pairs(400);
  for (int i = 0; i < 100; i++) leaked[i] = known();
  if (strcmp(how, "_exit") == 0) _exit(4);
  if (strcmp(how, "quick_exit") == 0) quick_exit(4);
  if (strcmp(how, "abort") == 0) abort();
  if (strcmp(how, "sigkill") == 0) raise(SIGKILL);
  if (strcmp(how, "segv") == 0) raise(SIGSEGV);
  return 4;
}
