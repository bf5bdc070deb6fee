// SPDX-License-Identifier: Apache-2.0
//
// The only file that may call dlsym (with unwind_libunwind.cc, in its two modes), and only while
// the recorder starts.
#include "real.h"

#include <dlfcn.h>
#include <string.h>
#include <unistd.h>

namespace allocprof {

Real real;

namespace {

template <typename F>
void Find(F& slot, const char* name) {
  void* p = dlsym(RTLD_NEXT, name);
  memcpy(&slot, &p, sizeof(p));
}

// libc's would misread a block of another allocator that has no such function.
void FindUsableSize(const dl_find_object& allocator) {
  void* entry = dlsym(RTLD_NEXT, "malloc_usable_size");
  dl_find_object owner{};
  if (entry != nullptr && _dl_find_object(entry, &owner) == 0 &&
      owner.dlfo_map_start == allocator.dlfo_map_start) {
    memcpy(&real.usable_size, &entry, sizeof(entry));
  }
}

}  // namespace

bool ResolveReal() {
  Find(real.calloc, "calloc");
  Find(real.realloc, "realloc");
  Find(real.free, "free");
  Find(real.posix_memalign, "posix_memalign");
  Find(real.aligned_alloc, "aligned_alloc");
  Find(real.memalign, "memalign");
  Find(real.valloc, "valloc");
  Find(real.pvalloc, "pvalloc");
  Find(real.mmap, "mmap");
  Find(real.munmap, "munmap");
  Find(real.mremap, "mremap");
  Find(real.dlclose, "dlclose");
  Find(real.quick_exit, "quick_exit");
  Find(real.execve, "execve");
  Find(real.execvpe, "execvpe");
  Find(real.execveat, "execveat");
  Find(real.fexecve, "fexecve");
  void* (*found)(size_t) = nullptr;
  Find(found, "malloc");
  if (found == nullptr || real.free == nullptr || real.realloc == nullptr) return false;

  dl_find_object object{}, libc{};
  void* entry = nullptr;
  memcpy(&entry, &found, sizeof(entry));
  if (_dl_find_object(entry, &object) == 0) {
    real.allocator_low = reinterpret_cast<uintptr_t>(object.dlfo_map_start);
    real.allocator_high = reinterpret_cast<uintptr_t>(object.dlfo_map_end);
  }
  void* other = dlsym(RTLD_NEXT, "getppid");
  real.allocator_is_libc = other != nullptr && _dl_find_object(other, &libc) == 0 &&
                           libc.dlfo_map_start == object.dlfo_map_start;
  FindUsableSize(object);
  void** stack_end = static_cast<void**>(dlsym(RTLD_DEFAULT, "__libc_stack_end"));
  real.stack_end = stack_end != nullptr ? reinterpret_cast<uintptr_t>(*stack_end) : 0;

  // Last: a non-null malloc tells the hooks that all the others may be called.
  __atomic_store_n(&real.malloc, found, __ATOMIC_RELEASE);
  return true;
}

}  // namespace allocprof
