// SPDX-License-Identifier: Apache-2.0
//
// What a program may tell allocprof about itself, and ask it. One header, C and C++, nothing to link:
// the recorder is looked up by dlsym at the first call, so the same binary runs with libtrace.so and
// without. Without it each call is one branch; with it a region's two ends cost some 60 ns.
//
//   allocprof_region_begin("parse");   ...   allocprof_region_end("parse");
//   ALLOCPROF_REGION("parse");                    until the end of the block
//   ALLOCPROF_NO_ALLOC("audio callback");         the same; an allocation or free in it is a violation
//   ALLOCPROF_PERMIT("logging");                  inside such a one: may allocate again
//   allocprof_mark("loaded");                     a moment: report --from loaded
//
// Regions are the calling thread's own and nest. Each is told apart in the report (--region), in
// budgets ("region" of a scope) and on the timeline. Violations are counted, and by the environment
// variable ALLOCPROF_VIOLATIONS=warn|trap|abort told at once.
// Thread-safety: all functions, from any thread; from a signal handler too, where what it says is
// dropped if it interrupted the recorder. Names are copied.
#ifndef ALLOCPROF_ALLOCPROF_H
#define ALLOCPROF_ALLOCPROF_H

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Since the start of the recording, or of the thread. A realloc of a live block counts as an
// allocation and a reallocation. Blocks alive: allocations - frees - reallocations.
struct allocprof_counters {
  uint64_t allocations;
  uint64_t allocated_bytes;
  uint64_t frees;
  uint64_t reallocations;
  uint64_t failed_allocations;
};

// What libtrace.so answers with. Members are only ever appended.
struct allocprof_api {
  size_t bytes;
  void (*enter)(const char* name, uint32_t flags);
  void (*leave)(const char* name, uint32_t flags);
  void (*mark)(const char* name);
  void (*name_thread)(const char* name);
  void (*record)(int on);
  void (*count)(int whole_process, struct allocprof_counters* counters);
  void (*pool)(const char* name, uint32_t operation, const void* block, size_t size);
};

enum { ALLOCPROF_IS_NO_ALLOC = 2, ALLOCPROF_IS_PERMIT = 4 };

#define ALLOCPROF_NOT_LOOKED_UP ((const struct allocprof_api*)1)

// The recorder's table; null without it. Found once in each translation unit.
static inline const struct allocprof_api* allocprof_find(const struct allocprof_api** found) {
  const struct allocprof_api* (*get)(uint32_t);
  // What POSIX says of a function's address from dlsym, without a cast that ISO C forbids.
  *(void**)(&get) = dlsym((void*)0 /* RTLD_DEFAULT */, "allocprof_client");
  const struct allocprof_api* api = get != NULL ? get(1) : NULL;
  __atomic_store_n(found, api, __ATOMIC_RELEASE);
  return api;
}

static inline const struct allocprof_api* allocprof_get(void) {
  static const struct allocprof_api* found = ALLOCPROF_NOT_LOOKED_UP;
  const struct allocprof_api* api = __atomic_load_n(&found, __ATOMIC_ACQUIRE);
  if (__builtin_expect(api == NULL, 1)) return NULL;
  return api == ALLOCPROF_NOT_LOOKED_UP ? allocprof_find(&found) : api;
}

// 1 if the program runs under libtrace.so.
static inline int allocprof_is_recording(void) { return allocprof_get() != NULL; }

static inline void allocprof_enter(const char* name, uint32_t flags) {
  const struct allocprof_api* api = allocprof_get();
  if (api != NULL) api->enter(name, flags);
}

static inline void allocprof_leave(const char* name, uint32_t flags) {
  const struct allocprof_api* api = allocprof_get();
  if (api != NULL) api->leave(name, flags);
}

static inline void allocprof_region_begin(const char* name) { allocprof_enter(name, 0); }
static inline void allocprof_region_end(const char* name) { allocprof_leave(name, 0); }

static inline void allocprof_no_alloc_begin(const char* name) {
  allocprof_enter(name, ALLOCPROF_IS_NO_ALLOC);
}
static inline void allocprof_no_alloc_end(const char* name) {
  allocprof_leave(name, ALLOCPROF_IS_NO_ALLOC);
}

static inline void allocprof_permit_begin(const char* name) {
  allocprof_enter(name, ALLOCPROF_IS_PERMIT);
}
static inline void allocprof_permit_end(const char* name) {
  allocprof_leave(name, ALLOCPROF_IS_PERMIT);
}

static inline void allocprof_mark(const char* name) {
  const struct allocprof_api* api = allocprof_get();
  if (api != NULL) api->mark(name);
}

// As far as 15 bytes, like the kernel's own; only the trace is told.
static inline void allocprof_thread_name(const char* name) {
  const struct allocprof_api* api = allocprof_get();
  if (api != NULL) api->name_thread(name);
}

// Recording off and on: of this thread at once, of the others within their next 256 events.
static inline void allocprof_pause(void) {
  const struct allocprof_api* api = allocprof_get();
  if (api != NULL) api->record(0);
}
static inline void allocprof_resume(void) {
  const struct allocprof_api* api = allocprof_get();
  if (api != NULL) api->record(1);
}

// All zero without the recorder. What another thread does at the moment may be counted or not.
static inline struct allocprof_counters allocprof_thread_counters(void) {
  struct allocprof_counters counters = {0, 0, 0, 0, 0};
  const struct allocprof_api* api = allocprof_get();
  if (api != NULL) api->count(0, &counters);
  return counters;
}
static inline struct allocprof_counters allocprof_process_counters(void) {
  struct allocprof_counters counters = {0, 0, 0, 0, 0};
  const struct allocprof_api* api = allocprof_get();
  if (api != NULL) api->count(1, &counters);
  return counters;
}

// An allocator of the program's own, by name: a block was given, taken back, or all were (reset).
static inline void allocprof_pool_alloc(const char* pool, const void* block, size_t size) {
  const struct allocprof_api* api = allocprof_get();
  if (api != NULL) api->pool(pool, 0, block, size);
}
static inline void allocprof_pool_free(const char* pool, const void* block) {
  const struct allocprof_api* api = allocprof_get();
  if (api != NULL) api->pool(pool, 1, block, 0);
}
static inline void allocprof_pool_reset(const char* pool) {
  const struct allocprof_api* api = allocprof_get();
  if (api != NULL) api->pool(pool, 2, NULL, 0);
}

// Regions that end with their block: by a destructor in C++, by the cleanup attribute in C.
struct allocprof_scope {
  const char* name;
  uint32_t flags;
};
static inline struct allocprof_scope allocprof_scope_begin(const char* name, uint32_t flags) {
  struct allocprof_scope scope = {name, flags};
  allocprof_enter(name, flags);
  return scope;
}
static inline void allocprof_scope_end(struct allocprof_scope* scope) {
  allocprof_leave(scope->name, scope->flags);
}

#ifdef __cplusplus
}  // extern "C"

namespace allocprof {

class Region {
 public:
  explicit Region(const char* name, uint32_t flags = 0) : name_(name), flags_(flags) {
    allocprof_enter(name_, flags_);
  }
  ~Region() { allocprof_leave(name_, flags_); }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

 private:
  const char* name_;
  uint32_t flags_;
};

}  // namespace allocprof
#endif

#define ALLOCPROF_JOIN_(a, b) a##b
#define ALLOCPROF_JOIN(a, b) ALLOCPROF_JOIN_(a, b)
#ifdef __cplusplus
#define ALLOCPROF_SCOPE_(name, flags) \
  const ::allocprof::Region ALLOCPROF_JOIN(allocprof_region_, __LINE__)(name, flags)
#else
#define ALLOCPROF_SCOPE_(name, flags)                                          \
  __attribute__((cleanup(allocprof_scope_end), unused)) struct allocprof_scope \
  ALLOCPROF_JOIN(allocprof_region_, __LINE__) = allocprof_scope_begin(name, flags)
#endif
#define ALLOCPROF_REGION(name) ALLOCPROF_SCOPE_(name, 0)
#define ALLOCPROF_NO_ALLOC(name) ALLOCPROF_SCOPE_(name, ALLOCPROF_IS_NO_ALLOC)
#define ALLOCPROF_PERMIT(name) ALLOCPROF_SCOPE_(name, ALLOCPROF_IS_PERMIT)

#endif  // ALLOCPROF_ALLOCPROF_H
