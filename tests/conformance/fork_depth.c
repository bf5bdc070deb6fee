// SPDX-License-Identifier: Apache-2.0
//
// Hazard: children of children, five deep, each with two of its own; statuses come through.
// The root's known: 10 pairs.
#include <sys/wait.h>
#include <unistd.h>

#include "known.h"

static int grow(int depth) {
  int sum = 1;
  if (depth == 5) return sum;
  for (int i = 0; i < 2; i++) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      free(malloc(64));
      exit(grow(depth + 1));
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    sum += WEXITSTATUS(status);
  }
  return sum;
}

int main(void) {
  known_pairs(10);
  CHECK(grow(0) == 63);
  return 0;
}
