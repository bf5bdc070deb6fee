// SPDX-License-Identifier: Apache-2.0
// A parent with four allocating threads forks 100 children, one after another, each while all
// four are at full speed; while a child runs they slow down, for the sake of the trace's size.
// Each child keeps 100 blocks (child_keeps), starts a thread that keeps 50 more
// (child_thread_keeps), joins it and ends by exit() with a status of its own: a lock or a ring
// inherited in the wrong state hangs it. Exits 0 only if all hundred ended so; prints "children
// 100".
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "say.h"

enum { kThreads = 4, kChildren = 100, kSecondsPerChild = 10 };
static atomic_bool stop;
static atomic_bool about_to_fork;
static const struct timespec kMoment = {0, 300000};
static void* child_blocks[100];
static void* child_thread_blocks[50];

static void* allocate_on(void* unused) {
  (void)unused;
  void* recent[16] = {0};
  for (unsigned i = 0; !atomic_load(&stop); ++i) {
    void** slot = &recent[i % 16];
    free(*slot);
    *slot = malloc(16 + i % 500);
    if (i % 100 == 0 && !atomic_load(&about_to_fork)) nanosleep(&kMoment, NULL);
  }
  for (unsigned i = 0; i < 16; ++i) free(recent[i]);
  return NULL;
}

__attribute__((noipa)) static void child_thread_keeps(void) {
  for (unsigned i = 0; i < 50; ++i) child_thread_blocks[i] = malloc(48);
}

__attribute__((noipa)) static void child_keeps(void) {
  for (unsigned i = 0; i < 100; ++i) child_blocks[i] = malloc(32);
}

static void* child_thread(void* unused) {
  child_thread_keeps();
  return unused;
}

static void be_a_child(int status) {
  pthread_t thread;
  child_keeps();
  if (pthread_create(&thread, NULL, child_thread, NULL) != 0) _exit(122);
  pthread_join(thread, NULL);
  exit(status);
}

static int ended_as_told(pid_t child, int expected) {
  struct timespec nap = {0, 1000000};
  int status = 0;
  for (int ms = 0; ms < kSecondsPerChild * 1000; ++ms) {
    pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) return WIFEXITED(status) && WEXITSTATUS(status) == expected;
    if (ended < 0) return 0;
    nanosleep(&nap, NULL);
  }
  say_number("child hung:", (unsigned long)child);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return 0;
}

int main(void) {
  pthread_t threads[kThreads];
  for (unsigned i = 0; i < kThreads; ++i) {
    if (pthread_create(&threads[i], NULL, allocate_on, NULL) != 0) _exit(122);
  }
  unsigned long good = 0;
  for (int i = 0; i < kChildren; ++i) {
    int status = 1 + i % 100;
    atomic_store(&about_to_fork, 1);
    nanosleep(&kMoment, NULL);
    pid_t child = fork();
    if (child == 0) be_a_child(status);
    atomic_store(&about_to_fork, 0);
    if (child > 0 && ended_as_told(child, status)) ++good;
  }
  atomic_store(&stop, 1);
  for (unsigned i = 0; i < kThreads; ++i) pthread_join(threads[i], NULL);
  say_number("children", good);
  return good == kChildren ? 0 : 1;
}
