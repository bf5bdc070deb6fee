// SPDX-License-Identifier: Apache-2.0
//
// Hazard: a program that looks at itself: its threads, its children, its descriptors, its
// environment after clearing it, and its privileges. Known: 10 pairs.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "known.h"

static int entries(const char* path) {
  DIR* folder = opendir(path);
  CHECK(folder != NULL);
  int n = 0;
  for (const struct dirent* entry; (entry = readdir(folder)) != NULL;) n += entry->d_name[0] != '.';
  closedir(folder);
  return n;
}

int main(void) {
  known_pairs(10);
  CHECK(entries("/proc/self/task") == 1);
  errno = 0;
  CHECK(wait(NULL) == -1 && errno == ECHILD);
  // The lowest free number is the program's to have.
  const int next = dup(0);
  CHECK(next == 3);
  close(next);
  clearenv();
  CHECK(getenv("LD_PRELOAD") == NULL);
  setenv("MINE", "1", 1);
  CHECK(strcmp(getenv("MINE"), "1") == 0);
  // Only a process of one thread may.
  if (unshare(CLONE_NEWUSER) != 0) CHECK(errno == EPERM || errno == ENOSPC);
  return 0;
}
