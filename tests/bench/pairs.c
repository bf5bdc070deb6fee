// SPDX-License-Identifier: Apache-2.0
// Pairs of malloc and free and nothing else, to weigh a recorder by:
//   pairs SHAPE DEPTH THREADS LIVE PAIRS
// SHAPE says what changes of the stack from pair to pair: `site` nothing; `sites` its innermost
// frame, one of 200; `root` its outermost, one of 200; `descent` the depth, from 1 to DEPTH and
// back. LIVE blocks are held all the while and replaced in turn. Each thread makes PAIRS pairs.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct job {
  const char* shape;
  int depth;
  long live, pairs;
  void** held;
  uint64_t random;
};

static size_t next_size(struct job* j) {
  j->random = j->random * 6364136223846793005u + 1442695040888963407u;
  return 16 + (j->random >> 59) * 8;
}

static __attribute__((noinline)) void one_pair(struct job* j, long i) {
  void** slot = &j->held[i % j->live];
  free(*slot);
  *slot = malloc(next_size(j));
}

// 200 functions that differ in nothing but their address: SITE_n calls malloc itself, ROOT_n goes
// down.
static __attribute__((noinline)) void down(struct job* j, long i, int depth) {
  if (depth <= 0) {
    one_pair(j, i);
  } else {
    down(j, i, depth - 1);
  }
  __asm__ volatile("");
}

#define TEN(x, n) x(n##0) x(n##1) x(n##2) x(n##3) x(n##4) x(n##5) x(n##6) x(n##7) x(n##8) x(n##9)
#define HUNDRED(x, n) \
  TEN(x, n##0)        \
  TEN(x, n##1)        \
  TEN(x, n##2)        \
  TEN(x, n##3) TEN(x, n##4) TEN(x, n##5) TEN(x, n##6) TEN(x, n##7) TEN(x, n##8) TEN(x, n##9)
#define SITE(n)                                                                    \
  static __attribute__((noinline, noclone)) void site_##n(struct job* j, long i) { \
    void** slot = &j->held[i % j->live];                                           \
    free(*slot);                                                                   \
    *slot = malloc(next_size(j));                                                  \
    __asm__ volatile("# " #n);                                                     \
  }                                                                                \
  static __attribute__((noinline, noclone)) void root_##n(struct job* j, long i) { \
    down(j, i, j->depth);                                                          \
    __asm__ volatile("# " #n);                                                     \
  }
HUNDRED(SITE, 1)
HUNDRED(SITE, 2)
#define SITE_NAME(n) site_##n,
#define ROOT_NAME(n) root_##n,
static void (*const sites[])(struct job*, long) = {HUNDRED(SITE_NAME, 1) HUNDRED(SITE_NAME, 2)};
static void (*const roots[])(struct job*, long) = {HUNDRED(ROOT_NAME, 1) HUNDRED(ROOT_NAME, 2)};

static __attribute__((noinline)) void leaves(struct job* j, int depth) {
  if (depth > 0) {
    leaves(j, depth - 1);
  } else if (strcmp(j->shape, "sites") == 0) {
    for (long i = 0; i < j->pairs; i++) sites[i % 200](j, i);
  } else {
    for (long i = 0; i < j->pairs; i++) one_pair(j, i);
  }
  __asm__ volatile("");
}

static void* run(void* argument) {
  struct job* j = argument;
  if (strcmp(j->shape, "root") == 0) {
    for (long i = 0; i < j->pairs; i++) roots[i % 200](j, i);
  } else if (strcmp(j->shape, "descent") == 0) {
    const int turn = j->depth > 1 ? 2 * (j->depth - 1) : 1;
    for (long i = 0; i < j->pairs; i++) {
      const int at = (int)(i % turn);
      down(j, i, at < j->depth ? at : turn - at);
    }
  } else {
    leaves(j, j->depth);
  }
  return NULL;
}

int main(int argc, char** argv) {
  if (argc != 6) {
    fputs("usage: pairs site|sites|root|descent DEPTH THREADS LIVE PAIRS\n", stderr);
    return 2;
  }
  const int threads = atoi(argv[3]);
  pthread_t others[64];
  struct job jobs[64];
  if (threads < 1 || threads > 64 || atol(argv[4]) < 1) return 2;
  for (int i = 0; i < threads; i++) {
    jobs[i] = (struct job){argv[1],
                           atoi(argv[2]),
                           atol(argv[4]),
                           atol(argv[5]),
                           calloc((size_t)atol(argv[4]), sizeof(void*)),
                           (uint64_t)i + 1};
  }
  for (int i = 1; i < threads; i++) pthread_create(&others[i], NULL, run, &jobs[i]);
  run(&jobs[0]);
  for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);
  return 0;
}
