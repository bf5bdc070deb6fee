// SPDX-License-Identifier: Apache-2.0
// Says a known text on both streams, through stdio, and returns 42. Ten allocations of its own
// (made_here, 11 bytes each, leaked); stdio adds the buffer of stdout where that is a file.
#include <stdio.h>
#include <stdlib.h>

static void* volatile kept;

__attribute__((noipa)) static void made_here(void) {
  for (int i = 0; i < 10; ++i) kept = malloc(11);
}

int main(void) {
  made_here();
  fputs("known text on stdout\n", stdout);
  fputs("known text on stderr\n", stderr);
  return 42;
}
