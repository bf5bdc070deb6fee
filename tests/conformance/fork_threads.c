// SPDX-License-Identifier: Apache-2.0
//
// Hazard: fork while other threads allocate; the child starts threads of its own. A tool with a
// lock hangs the child, one with a buffer writes it twice.
// The parent's known: 1000 pairs.
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "known.h"

enum { kChildren = 100, kThreads = 3 };

static atomic_int stop;

static void* churn(void* unused) {
  (void)unused;
  // With rests: the dump of all that full speed makes in the meantime is gigabytes.
  while (!atomic_load(&stop)) {
    for (int i = 0; i < 200; i++) free(malloc(100));
    usleep(50);
  }
  return NULL;
}

static void* one(void* unused) {
  (void)unused;
  free(malloc(200));
  return NULL;
}

int main(void) {
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; i++) CHECK(pthread_create(&threads[i], NULL, churn, NULL) == 0);
  for (int i = 0; i < kChildren; i++) {
    known_pairs(10);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      pthread_t thread;
      if (pthread_create(&thread, NULL, one, NULL) != 0) _exit(1);
      pthread_join(thread, NULL);
      free(malloc(300));
      exit(0);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  atomic_store(&stop, 1);
  for (int i = 0; i < kThreads; i++) pthread_join(threads[i], NULL);
  CHECK(wait(NULL) == -1);  // nobody but its own children
  return 0;
}
