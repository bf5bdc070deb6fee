// SPDX-License-Identifier: Apache-2.0
// Four threads allocate, realloc and free at full speed and hand the blocks to one another
// through shared slots, so an address freed by one is given at once to another. Prints how
// many calls were made; everything is freed at the end: mallocs - frees = 0 blocks.
// Argument: operations per thread. Beside these, pthread_create allocates four thread vectors.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "say.h"

enum { kThreads = 4, kSlots = 64 };
static _Atomic(void*) slots[kSlots];
static unsigned long operations = 100000;

struct counts {
  unsigned long mallocs, reallocs, frees, bytes;
  unsigned seed;
};

static unsigned next_random(struct counts* own) {
  own->seed = own->seed * 1664525u + 1013904223u;
  return own->seed >> 8;
}

__attribute__((noipa)) static void give_back(struct counts* own, void* block) {
  free(block);
  ++own->frees;
}

__attribute__((noipa)) static void* grow_block(struct counts* own, void* block, size_t size) {
  void* grown = realloc(block, size);
  if (grown == NULL) _exit(121);
  ++own->reallocs;
  own->bytes += size;
  return grown;
}

__attribute__((noipa)) static void* make_block(struct counts* own, size_t size) {
  void* block = malloc(size);
  if (block == NULL) _exit(121);
  ++own->mallocs;
  own->bytes += size;
  return block;
}

static void* work(void* argument) {
  struct counts* own = argument;
  for (unsigned long i = 0; i < operations; ++i) {
    unsigned random = next_random(own);
    _Atomic(void*)* slot = &slots[random % kSlots];
    size_t size = 16 + random % 300;
    void* block = atomic_exchange(slot, NULL);
    if (block == NULL) {
      block = make_block(own, size);
    } else if (random & 0x10000) {
      block = grow_block(own, block, size);
    } else {
      give_back(own, block);
      continue;
    }
    void* others = atomic_exchange(slot, block);
    if (others != NULL) give_back(own, others);
  }
  return NULL;
}

int main(int argc, char** argv) {
  if (argc > 1) operations = strtoul(argv[1], NULL, 10);
  static struct counts counts[kThreads];
  pthread_t threads[kThreads];
  for (unsigned i = 0; i < kThreads; ++i) {
    counts[i].seed = i * 7919 + 1;
    if (pthread_create(&threads[i], NULL, work, &counts[i]) != 0) _exit(122);
  }
  struct counts all = {0};
  for (unsigned i = 0; i < kThreads; ++i) {
    pthread_join(threads[i], NULL);
    all.mallocs += counts[i].mallocs;
    all.reallocs += counts[i].reallocs;
    all.frees += counts[i].frees;
    all.bytes += counts[i].bytes;
  }
  for (unsigned i = 0; i < kSlots; ++i) {
    void* block = atomic_exchange(&slots[i], NULL);
    if (block != NULL) give_back(&all, block);
  }
  say_number("mallocs", all.mallocs);
  say_number("reallocs", all.reallocs);
  say_number("frees", all.frees);
  say_number("bytes", all.bytes);
  return all.mallocs == all.frees ? 0 : 1;
}
