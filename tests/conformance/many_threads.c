// SPDX-License-Identifier: Apache-2.0
//
// Hazard: threads, 2,000 one after the other and 300 at once; detached, cancelled, with the
// smallest stack, with destructors of thread-specific data that allocate at the very end.
// Known: 4,820 pairs.
#define _GNU_SOURCE
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "known.h"

static pthread_key_t key;
static atomic_int destroyed, finished;
static pthread_barrier_t barrier;

static void at_end(void* value) {
  known_pairs(1);
  atomic_fetch_add(&destroyed, 1);
  // Once more, in the next round of destructors.
  if (value == (void*)1) pthread_setspecific(key, (void*)2);
}

static void* shortly(void* unused) {
  (void)unused;
  known_pairs(1);
  atomic_fetch_add(&finished, 1);
  return NULL;
}

static void* with_data(void* unused) {
  pthread_setspecific(key, (void*)1);
  return shortly(unused);
}

static void* together(void* unused) {
  pthread_barrier_wait(&barrier);
  return shortly(unused);
}

static void* waits(void* unused) {
  known_pairs(1);
  for (;;) pause();
  return unused;
}

int main(void) {
  CHECK(pthread_key_create(&key, at_end) == 0);
  pthread_t thread;
  for (int i = 0; i < 1000; i++) {
    CHECK(pthread_create(&thread, NULL, shortly, NULL) == 0 && pthread_join(thread, NULL) == 0);
    CHECK(pthread_create(&thread, NULL, with_data, NULL) == 0 && pthread_join(thread, NULL) == 0);
  }
  CHECK(atomic_load(&destroyed) == 2000);

  static pthread_t crowd[300];
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  CHECK(pthread_attr_setstacksize(&attributes, 64 * 1024) == 0);
  CHECK(pthread_barrier_init(&barrier, NULL, 300) == 0);
  for (int i = 0; i < 300; i++) {
    CHECK(pthread_create(&crowd[i], &attributes, together, NULL) == 0);
  }
  for (int i = 0; i < 300; i++) CHECK(pthread_join(crowd[i], NULL) == 0);

  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  for (int i = 0; i < 500; i++) {
    CHECK(pthread_create(&thread, &attributes, shortly, NULL) == 0);
    while (atomic_load(&finished) < 2301 + i) usleep(50);
  }
  for (int i = 0; i < 20; i++) {
    void* result = NULL;
    CHECK(pthread_create(&thread, NULL, waits, NULL) == 0);
    CHECK(pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0);
    CHECK(result == PTHREAD_CANCELED);
  }
  return 0;
}
