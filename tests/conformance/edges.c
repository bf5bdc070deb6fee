// SPDX-License-Identifier: Apache-2.0
//
// Hazard: the edges of the malloc family, and errno after each. Known: 3 pairs.
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <string.h>

#include "known.h"

static volatile size_t huge = SIZE_MAX / 2 + 1;

int main(void) {
  errno = 0;
  void* p = known();
  CHECK(errno == 0);
  free(p);
  errno = EDOM;
  free(known());
  free(NULL);
  CHECK(errno == EDOM);

  void* zero = malloc(0);
  CHECK(zero != NULL);
  free(zero);
  errno = 0;
  CHECK(malloc(huge) == NULL && errno == ENOMEM);
  errno = 0;
  CHECK(calloc(huge, 4) == NULL && errno == ENOMEM);
  errno = 0;
  CHECK(reallocarray(NULL, huge, 4) == NULL && errno == ENOMEM);

  char* kept = (char*)known();
  strcpy(kept, "kept");
  errno = 0;
  CHECK(realloc(kept, huge) == NULL && errno == ENOMEM);
  CHECK(strcmp(kept, "kept") == 0);  // a failed realloc leaves the block
  free(kept);
  CHECK(realloc(malloc(8), 0) == NULL);

  void* aligned = (void*)1;
  errno = EDOM;
  CHECK(posix_memalign(&aligned, 3, 8) == EINVAL && aligned == (void*)1 && errno == EDOM);
  CHECK(posix_memalign(&aligned, 64, huge) == ENOMEM && aligned == (void*)1);
  CHECK(posix_memalign(&aligned, 4096, 100) == 0 && (uintptr_t)aligned % 4096 == 0);
  free(aligned);
  aligned = aligned_alloc(256, 512);
  CHECK(aligned != NULL && (uintptr_t)aligned % 256 == 0);
  free(aligned);
  aligned = memalign(128, 100);
  CHECK(aligned != NULL && (uintptr_t)aligned % 128 == 0);
  free(aligned);
  aligned = valloc(100);
  CHECK(aligned != NULL && (uintptr_t)aligned % 4096 == 0);
  free(aligned);
  aligned = pvalloc(100);
  CHECK(aligned != NULL && malloc_usable_size(aligned) >= 4096);
  free(aligned);
  return 0;
}
