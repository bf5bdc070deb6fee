// SPDX-License-Identifier: Apache-2.0
// What a budget is tested with:
//   budgeted rows N      N blocks of 24 B in parse_row, N of 8 B in keep_row, all freed
//   budgeted leak N      N blocks of 16 B in leak_row, never freed
//   budgeted counted F   4 blocks of 24 B in parse_row, and one of 40 B in drift_row for each byte
//                        that file F has after it has written one to it: one more in each run
//   budgeted exit S      status S, after 1 block in parse_row
//   budgeted kill S      ended by signal S, after 1 block in parse_row
// libc allocates nothing besides.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void* volatile kept;

__attribute__((noipa)) static void parse_row(void) {
  void* block = malloc(24);
  kept = block;
  free(block);
}

__attribute__((noipa)) static void* keep_row(void) { return malloc(8); }

__attribute__((noipa)) static void leak_row(void) { kept = malloc(16); }

__attribute__((noipa)) static void drift_row(void) { free(malloc(40)); }

__attribute__((noipa)) static void rows(int n) {
  for (int i = 0; i < n; i++) {
    parse_row();
    void* block = keep_row();
    kept = block;
    free(block);
  }
}

__attribute__((noipa)) static void counted(const char* path) {
  for (int i = 0; i < 4; i++) parse_row();
  const int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
  struct stat st;
  if (file < 0 || write(file, "x", 1) != 1 || fstat(file, &st) != 0) _exit(9);
  for (long i = 0; i < st.st_size; i++) drift_row();
}

int main(int argc, char** argv) {
  if (argc < 3) return 9;
  const int n = atoi(argv[2]);
  if (strcmp(argv[1], "rows") == 0) rows(n);
  if (strcmp(argv[1], "leak") == 0) {
    for (int i = 0; i < n; i++) leak_row();
  }
  if (strcmp(argv[1], "counted") == 0) counted(argv[2]);
  if (strcmp(argv[1], "exit") == 0 || strcmp(argv[1], "kill") == 0) parse_row();
  if (strcmp(argv[1], "kill") == 0) kill(getpid(), n);
  return strcmp(argv[1], "exit") == 0 ? n : 0;
}
