// SPDX-License-Identifier: Apache-2.0
// Allocates heavily in four threads until standard input ends; then says how many blocks it made,
// how many bytes, and how many it freed. A thread frees what another one made, and every hundredth
// block is kept. Each round is as fast as can be, and followed by a nap: a trace of
// half a minute is to stay small.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "say.h"

enum { kThreads = 4, kRound = 4000, kSlots = 64 };

static atomic_int stop;
static _Atomic(void*) slots[kSlots];  // one thread's block, for whoever comes by
static atomic_ulong made, bytes, freed;
static _Atomic(void*) kept;

__attribute__((noipa)) static void* make(size_t size) {
  atomic_fetch_add(&made, 1);
  atomic_fetch_add(&bytes, size);
  return malloc(size);
}

static void give_back(void* block) {
  if (block == NULL) return;
  atomic_fetch_add(&freed, 1);
  free(block);
}

static void* work(void* argument) {
  unsigned long n = (unsigned long)argument;
  while (!atomic_load(&stop)) {
    for (int i = 0; i < kRound; i++) {
      n = n * 6364136223846793005u + 1442695040888963407u;
      void* block = make(16 + (n >> 33) % 500);
      if ((n >> 40) % 100 == 0) {
        atomic_store(&kept, block);
      } else {
        give_back(atomic_exchange(&slots[(n >> 50) % kSlots], block));
      }
    }
    usleep(150000);
  }
  return NULL;
}

int main(void) {
  pthread_t threads[kThreads];
  for (unsigned long i = 0; i < kThreads; i++) pthread_create(&threads[i], NULL, work, (void*)i);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  atomic_store(&stop, 1);
  for (int i = 0; i < kThreads; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < kSlots; i++) give_back(atomic_exchange(&slots[i], NULL));
  say_number("made", atomic_load(&made));
  say_number("bytes", atomic_load(&bytes));
  say_number("freed", atomic_load(&freed));
  return 0;
}
