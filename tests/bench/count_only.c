// SPDX-License-Identifier: Apache-2.0
// The floor: a preload that does nothing but count its calls. What it costs, any interposing tool
// costs.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static __thread unsigned long calls __attribute__((tls_model("initial-exec")));
static void* (*real_malloc)(size_t);
static void* (*real_calloc)(size_t, size_t);
static void* (*real_realloc)(void*, size_t);
static void (*real_free)(void*);

// dlsym may allocate before it has answered.
static char early[4096];
static size_t early_used;
static int finding;

static void find(void) {
  finding = 1;
  real_calloc = (void* (*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
  real_realloc = (void* (*)(void*, size_t))dlsym(RTLD_NEXT, "realloc");
  real_free = (void (*)(void*))dlsym(RTLD_NEXT, "free");
  real_malloc = (void* (*)(size_t))dlsym(RTLD_NEXT, "malloc");
  finding = 0;
}

void* malloc(size_t size) {
  if (real_malloc == NULL) find();
  calls++;
  return real_malloc(size);
}

void* calloc(size_t count, size_t size) {
  if (real_malloc == NULL && !finding) find();
  if (real_malloc == NULL) {
    void* p = early + early_used;
    early_used += (count * size + 15) & ~(size_t)15;
    return early_used <= sizeof(early) ? p : NULL;
  }
  calls++;
  return real_calloc(count, size);
}

void* realloc(void* p, size_t size) {
  if (real_malloc == NULL) find();
  calls++;
  return real_realloc(p, size);
}

void free(void* p) {
  if (p == NULL || ((char*)p >= early && (char*)p < early + sizeof(early))) return;
  if (real_malloc == NULL) find();
  calls++;
  real_free(p);
}
