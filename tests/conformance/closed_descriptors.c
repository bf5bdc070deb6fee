// SPDX-License-Identifier: Apache-2.0
//
// Hazard: a daemon closes every descriptor and opens its own files, which get the numbers of what
// the tool had open. A tool that goes on writing to its number writes into the program's file.
// The daemon's own known are in a child; the parent's: 20 pairs.
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "known.h"

int main(void) {
  known_pairs(20);
  char name[] = "/tmp/conformance-XXXXXX";
  const int made = mkstemp(name);
  CHECK(made >= 0);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    setsid();
    const pid_t daemon_pid = fork();
    if (daemon_pid != 0) {
      int status = 1;
      waitpid(daemon_pid, &status, 0);
      _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
    }
    if (chdir("/") != 0) _exit(2);
    closefrom(0);
    // Every number that could have been somebody's.
    int files[64];
    for (int i = 0; i < 64; i++) files[i] = open(name, O_RDWR | O_APPEND);
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < 2000; i++) free(malloc(48));
      if (write(files[round], "line\n", 5) != 5) _exit(3);
    }
    exit(0);
  }
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  struct stat st;
  CHECK(fstat(made, &st) == 0 && st.st_size == 250);
  char text[250];
  CHECK(pread(made, text, sizeof(text), 0) == (ssize_t)sizeof(text));
  for (int i = 0; i < 50; i++) CHECK(memcmp(text + 5 * i, "line\n", 5) == 0);
  unlink(name);
  return 0;
}
