// SPDX-License-Identifier: Apache-2.0
//
// The only file that may call dlsym (with unwind_libunwind.cc, in its two modes), and only while
// the recorder starts.
#include "real.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

namespace allocprof {

Real real;

namespace {

// Whether a call of what the program finds comes to us: our own function, or the entry in the
// procedure linkage table of a program that is not position-independent, which stands for the
// function's address and leads to us.
bool ReachesUs(void* p) {
  dl_find_object of_it{}, ours{};
  if (_dl_find_object(p, &of_it) == 0 && _dl_find_object(&real, &ours) == 0 &&
      of_it.dlfo_map_start == ours.dlfo_map_start) {
    return true;
  }
  Dl_info info;
  void* symbol = nullptr;
  return dladdr1(p, &info, &symbol, RTLD_DL_SYMENT) != 0 && symbol != nullptr &&
         static_cast<const ElfW(Sym)*>(symbol)->st_shndx == SHN_UNDEF;
}

// What the program itself would find without us. Where a definition stands before ours (the
// program's own malloc), it and not libc's must serve: reallocarray, which such a program often
// leaves to libc, gets blocks of that malloc.
template <typename F>
void Find(F& slot, const char* name) {
  void* p = dlsym(RTLD_DEFAULT, name);
  if (p == nullptr || ReachesUs(p)) p = dlsym(RTLD_NEXT, name);
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
    real.allocator_path = object.dlfo_link_map->l_name;
  }
  void* first = dlsym(RTLD_DEFAULT, "malloc");
  real.interposed = first == nullptr || ReachesUs(first);
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
