// SPDX-License-Identifier: Apache-2.0
//
// What every program here shares: allocations that any tool can recognise, by their size, and a
// way to say that something is not as it is without a tool.
#pragma once

#include <stdio.h>
#include <stdlib.h>

// No other allocation has this size.
enum { kKnown = 7919 };

// Fails the program: it was disturbed.
#define CHECK(condition)                                                         \
  do {                                                                           \
    if (!(condition)) {                                                          \
      fprintf(stderr, "%s:%d: disturbed: %s\n", __FILE__, __LINE__, #condition); \
      _Exit(1);                                                                  \
    }                                                                            \
  } while (0)

// Through a pointer that the compiler cannot see through: no pair of malloc and free vanishes.
static void* (*volatile known_malloc)(size_t) = malloc;

static inline void* known(void) {
  char* p = (char*)known_malloc(kKnown);
  CHECK(p != NULL);
  p[0] = 1;
  p[kKnown - 1] = 1;
  return p;
}

static inline void known_pairs(int n) {
  for (int i = 0; i < n; i++) free(known());
}
