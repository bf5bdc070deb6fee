// SPDX-License-Identifier: Apache-2.0
// Every entry of the malloc family once, then every way it fails; errno looked at after each.
// Exits 0 only when all of it went as with glibc alone; else says which line did not.
//
// Known counts: 13 allocations (3 of them reallocations of a live block), 7 failed calls,
// 10 frees (9 by free(), 1 by realloc(p, 0)); nothing is leaked.
// Requested bytes: 24 + 24 + 100 + 10 + 100 + 200 + 100 + 128 + 50 + 10 + 20 + 0 + 15 = 781.
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "say.h"

// Not constants to the compiler, so that it neither warns of nor folds the calls.
static volatile size_t too_much = PTRDIFF_MAX;
static volatile size_t half_of_all = SIZE_MAX / 2;
static volatile size_t nothing = 0;

#define UNTOUCHED 77

static void check(int holds, const char* what, int line) {
  if (holds) return;
  say("family: not as glibc alone: ");
  say(what);
  say_number(" at line", (unsigned long)line);
  _exit(1);
}
#define CHECK(holds) check(holds, #holds, __LINE__)
#define CHECK_SUCCESS(pointer) CHECK((pointer) != NULL && errno == UNTOUCHED)
#define CHECK_FAILURE(pointer, error) \
  do {                                \
    CHECK((pointer) == NULL);         \
    CHECK(errno == (error));          \
    errno = UNTOUCHED;                \
  } while (0)

static int aligned(const void* pointer, size_t alignment) {
  return (uintptr_t)pointer % alignment == 0;
}

static int filled(const char* block, char with, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    if (block[i] != with) return 0;
  }
  return 1;
}

int main(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  errno = UNTOUCHED;

  // The successes.
  char* plain = malloc(24);
  CHECK_SUCCESS(plain);
  CHECK(malloc_usable_size(plain) >= 24);
  memset(plain, 'p', 24);
  char* zeroed = calloc(3, 8);
  CHECK_SUCCESS(zeroed);
  CHECK(filled(zeroed, 0, 24));
  plain = realloc(plain, 100);
  CHECK_SUCCESS(plain);
  CHECK(filled(plain, 'p', 24));
  char* fresh = realloc(NULL, 10);
  CHECK_SUCCESS(fresh);
  char* array = reallocarray(NULL, 5, 20);
  CHECK_SUCCESS(array);
  memset(array, 'a', 100);
  array = reallocarray(array, 10, 20);
  CHECK_SUCCESS(array);
  CHECK(filled(array, 'a', 100));
  void* posix = NULL;
  CHECK(posix_memalign(&posix, 64, 100) == 0);
  CHECK_SUCCESS(posix);
  CHECK(aligned(posix, 64));
  void* by_c11 = aligned_alloc(256, 128);
  CHECK_SUCCESS(by_c11);
  CHECK(aligned(by_c11, 256));
  void* by_memalign = memalign(32, 50);
  CHECK_SUCCESS(by_memalign);
  CHECK(aligned(by_memalign, 32));
  void* by_valloc = valloc(10);
  CHECK_SUCCESS(by_valloc);
  CHECK(aligned(by_valloc, page));
  void* by_pvalloc = pvalloc(20);
  CHECK_SUCCESS(by_pvalloc);
  CHECK(aligned(by_pvalloc, page));
  CHECK(malloc_usable_size(by_pvalloc) >= page);
  void* empty = malloc(nothing);
  CHECK_SUCCESS(empty);

  // The failures. What they were given stays as it was.
  CHECK_FAILURE(malloc(too_much), ENOMEM);
  CHECK_FAILURE(calloc(half_of_all, 3), ENOMEM);
  CHECK_FAILURE(realloc(plain, too_much), ENOMEM);
  CHECK(filled(plain, 'p', 24));
  CHECK_FAILURE(reallocarray(array, half_of_all, 3), ENOMEM);
  CHECK(filled(array, 'a', 100));
  void* kept = posix;
  CHECK(posix_memalign(&kept, 3, 8) == EINVAL);
  CHECK(kept == posix && errno == UNTOUCHED);
  CHECK_FAILURE(memalign(64, too_much), ENOMEM);
  CHECK_FAILURE(pvalloc(too_much), ENOMEM);

  // A block that failed to grow is still alive and shrinks.
  plain = realloc(plain, 15);
  CHECK_SUCCESS(plain);
  CHECK(filled(plain, 'p', 15));

  // The ends. glibc's realloc(p, 0) frees p and returns NULL without an error.
  CHECK(realloc(fresh, nothing) == NULL);
  CHECK(errno == UNTOUCHED);
  free(NULL);
  CHECK(errno == UNTOUCHED);
  free(plain);
  free(zeroed);
  free(array);
  free(posix);
  free(by_c11);
  free(by_memalign);
  free(by_valloc);
  free(by_pvalloc);
  free(empty);
  CHECK(errno == UNTOUCHED);
  return 0;
}
