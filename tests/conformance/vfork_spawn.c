// SPDX-License-Identifier: Apache-2.0
//
// Hazard: children that share memory (vfork, clone(CLONE_VM), posix_spawn) and one that libc does
// not know of (raw fork). A wrapper around vfork returns twice into a dead frame.
// Known: 40 pairs.
#define _GNU_SOURCE
#include <sched.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "known.h"

extern char** environ;

static void reap(pid_t child, int wanted) {
  int status = -1;
  CHECK(child > 0 && waitpid(child, &status, __WALL) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == wanted);
}

static int shares(void* flag) {
  *(int*)flag = 7;
  return 9;
}

static void by_vfork(void) {
  const pid_t child = vfork();
  if (child == 0) _exit(3);
  reap(child, 3);
  known_pairs(1);
}

int main(void) {
  for (int i = 0; i < 10; i++) by_vfork();
  char* const words[] = {"true", NULL};
  for (int i = 0; i < 10; i++) {
    pid_t child = 0;
    CHECK(posix_spawn(&child, "/bin/true", NULL, NULL, words, environ) == 0);
    reap(child, 0);
    known_pairs(1);
  }
  static char stack[64 * 1024] __attribute__((aligned(16)));
  for (int i = 0; i < 10; i++) {
    int flag = 0;
    reap(clone(shares, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, &flag), 9);
    CHECK(flag == 7);
    known_pairs(1);
  }
  for (int i = 0; i < 10; i++) {
    const pid_t child = (pid_t)syscall(SYS_fork);
    if (child == 0) {
      free(malloc(10));
      _exit(5);
    }
    reap(child, 5);
    known_pairs(1);
  }
  return 0;
}
