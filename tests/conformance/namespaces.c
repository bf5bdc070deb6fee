// SPDX-License-Identifier: Apache-2.0
//
// Hazard: libraries opened with RTLD_DEEPBIND, whose malloc and free may be of two allocators if a
// tool replaces one; and in a namespace of their own with a second libc. Known: 20 pairs.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>

#include "known.h"

typedef char* (*duplicate_t)(const char*);

int main(void) {
  known_pairs(10);
  for (int i = 0; i < 20; i++) {
    void* library = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    CHECK(library != NULL);
    CHECK(dlsym(library, "zlibVersion") != NULL);
    CHECK(dlclose(library) == 0);
  }
  void* other = dlmopen(LM_ID_NEWLM, "libc.so.6", RTLD_NOW);
  CHECK(other != NULL);
  duplicate_t duplicate;
  void (*release)(void*);
  *(void**)&duplicate = dlsym(other, "strdup");
  *(void**)&release = dlsym(other, "free");
  for (int i = 0; i < 100; i++) {
    char* copy = duplicate("of another libc");
    CHECK(copy != NULL && strcmp(copy, "of another libc") == 0);
    release(copy);
  }
  known_pairs(10);
  return 0;
}
