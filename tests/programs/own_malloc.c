// SPDX-License-Identifier: Apache-2.0
//
// A program whose executable has its own malloc, calloc, realloc and free, but, as jemalloc does,
// leaves reallocarray to libc. It aborts when it is given a block of another allocator.
//
// Known: its main makes 100 direct allocations and frees them; libc's strdup makes 10 and
// reallocarray 1 through the symbols; strdup's blocks are freed here. Prints "own 111 111": what
// malloc and free saw, if both numbers are right.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct block {
  uint64_t mark;
  uint64_t size;
};

static const uint64_t kMark = 0x6d6f636c6c616d21;
static char pool[1 << 20] __attribute__((aligned(16)));
static size_t used;
static long allocated, freed, counting;

static struct block* block_of(void* p) {
  struct block* b = (struct block*)p - 1;
  if ((char*)p < pool || (char*)p > pool + sizeof(pool) || b->mark != kMark) {
    static const char text[] = "own_malloc: a block of another allocator\n";
    if (write(2, text, sizeof(text) - 1) < 0) _exit(3);
    abort();
  }
  return b;
}

void* malloc(size_t size) {
  const size_t whole = (sizeof(struct block) + size + 15) & ~(size_t)15;
  if (size > sizeof(pool) || whole > sizeof(pool) - used) return NULL;
  struct block* b = (struct block*)(pool + used);
  used += whole;
  b->mark = kMark;
  b->size = size;
  allocated += counting;
  return b + 1;
}

void free(void* p) {
  if (p == NULL) return;
  block_of(p)->size = 0;
  freed += counting;
}

void* calloc(size_t count, size_t size) {
  size_t bytes;
  return __builtin_mul_overflow(count, size, &bytes) ? NULL : malloc(bytes);  // never used before
}

void* realloc(void* p, size_t size) {
  void* fresh = malloc(size);
  if (fresh != NULL && p != NULL) {
    const size_t old = block_of(p)->size;
    memcpy(fresh, p, old < size ? old : size);
    free(p);
  }
  return fresh;
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);  // else printf allocates its buffer
  counting = 1;
  for (int i = 0; i < 99; i++) free(malloc(32));
  void* grown = malloc(8);
  grown = reallocarray(grown, 16, 8);
  free(grown);
  for (int i = 0; i < 10; i++) {
    char* copy = strdup("by libc");
    free(copy);
  }
  counting = 0;
  printf("own %ld %ld\n", allocated, freed);
  return allocated == 111 && freed == 111 ? 0 : 1;
}
