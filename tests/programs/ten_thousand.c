// SPDX-License-Identifier: Apache-2.0
// 10,000 allocations of known sizes by keep(), all alive when the process ends in the way
// that the argument names. Sizes are 16 + i % 100: 655,000 bytes. Nothing else is allocated
// (but what pthread_create needs in "threads").
//   return 6, exit 3, _exit 4, quick_exit 5, abort, sigkill, segv
//   fork          the child keeps 10,000 more and exits with 7; the parent, with 3
//   exec          this program again, with "return"; exec_twice: with "exec"
//   threads       two threads keep 10,000 each; _exit 4 while both are still there
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

enum { kBlocks = 10000 };
static void* first_blocks[kBlocks];
static void* more_blocks[kBlocks];

__attribute__((noipa)) static void keep(void** blocks) {
  for (size_t i = 0; i < kBlocks; ++i) {
    blocks[i] = malloc(16 + i % 100);
    if (blocks[i] == NULL) _exit(121);
  }
}

static pthread_barrier_t all_kept;

static void* keep_and_stay(void* blocks) {
  keep(blocks);
  pthread_barrier_wait(&all_kept);
  for (;;) pause();
  return NULL;
}

static void end_with_threads(void) {
  pthread_t threads[2];
  pthread_barrier_init(&all_kept, NULL, 3);
  if (pthread_create(&threads[0], NULL, keep_and_stay, first_blocks) != 0) _exit(122);
  if (pthread_create(&threads[1], NULL, keep_and_stay, more_blocks) != 0) _exit(122);
  pthread_barrier_wait(&all_kept);
  say("kept\n");
  _exit(4);
}

static void end_after_fork(void) {
  pid_t child = fork();
  if (child == 0) {
    keep(more_blocks);
    exit(7);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) _exit(123);
  exit(WIFEXITED(status) && WEXITSTATUS(status) == 7 ? 3 : 124);
}

int main(int argc, char** argv) {
  const char* ending = argc > 1 ? argv[1] : "return";
  if (strcmp(ending, "threads") == 0) end_with_threads();
  keep(first_blocks);
  say("kept\n");
  if (strcmp(ending, "return") == 0) return 6;
  if (strcmp(ending, "exit") == 0) exit(3);
  if (strcmp(ending, "_exit") == 0) _exit(4);
  if (strcmp(ending, "quick_exit") == 0) quick_exit(5);
  if (strcmp(ending, "abort") == 0) abort();
  if (strcmp(ending, "sigkill") == 0) kill(getpid(), SIGKILL);
  if (strcmp(ending, "segv") == 0) *(volatile int*)(volatile size_t){8} = 1;
  if (strcmp(ending, "fork") == 0) end_after_fork();
  if (strcmp(ending, "exec") == 0) execl("/proc/self/exe", argv[0], "return", NULL);
  if (strcmp(ending, "exec_twice") == 0) execl("/proc/self/exe", argv[0], "exec", NULL);
  return 125;
}
