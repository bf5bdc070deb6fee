// SPDX-License-Identifier: Apache-2.0
// launch PRELOAD PROGRAM ARGUMENT...: runs a program from a small process, with that LD_PRELOAD
// (empty: none), and writes to descriptor 3 what it took:
// status, user and system seconds, wall seconds, peak resident KiB. The kernel counts the pages that
// a process had before exec into its peak: what starts it must be small.
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  char* const preload = argv[1];
  char entry[4096];
  int n = 0;
  char* env[1024];
  for (char** e = environ; *e != NULL && n < 1022; e++) env[n++] = *e;
  if (*preload != '\0') {
    snprintf(entry, sizeof(entry), "LD_PRELOAD=%s", preload);
    env[n++] = entry;
  }
  env[n] = NULL;

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addclose(&actions, 3);
  const double start = now();
  pid_t child;
  if (posix_spawn(&child, argv[2], &actions, NULL, argv + 2, env) != 0) return 127;
  int status;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) != child) return 1;
  dprintf(3, "%d %.6f %.6f %.6f %ld\n", status, seconds(usage.ru_utime), seconds(usage.ru_stime),
          now() - start, usage.ru_maxrss);
  return 0;
}
