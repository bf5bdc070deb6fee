// SPDX-License-Identifier: Apache-2.0
#include "own_malloc.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "real.h"
#include "sys.h"

extern "C" {
extern decltype(malloc) allocprof_malloc;
extern decltype(calloc) allocprof_calloc;
extern decltype(realloc) allocprof_realloc;
extern decltype(free) allocprof_free;
extern decltype(posix_memalign) allocprof_posix_memalign;
extern decltype(aligned_alloc) allocprof_aligned_alloc;
extern void* allocprof_memalign(size_t, size_t);
extern void* allocprof_valloc(size_t);
extern void* allocprof_pvalloc(size_t);
}

namespace allocprof {
namespace {

struct Redirection {
  const char* name;
  uintptr_t from;  // the program's
  uintptr_t to;    // ours
};

struct Module {
  uintptr_t bias;
  uintptr_t low, high;  // of its segments
  uintptr_t relro_low, relro_high;
  const ElfW(Dyn) * dynamic;
};

// The types differ in noexcept alone.
template <typename From, typename To>
Redirection Row(const char* name, From* from, To* to) {
  return {name, reinterpret_cast<uintptr_t>(from), reinterpret_cast<uintptr_t>(to)};
}

bool Protect(uintptr_t page, uintptr_t bytes, long protection) {
  return sys::Call(SYS_mprotect, static_cast<long>(page), static_cast<long>(bytes), protection) ==
         0;
}

// One aligned word, written at once: another thread calls the one function or the other.
bool Store(const Module& m, uintptr_t slot, uintptr_t value) {
  const auto page_bytes = static_cast<uintptr_t>(getpagesize());
  const uintptr_t page = slot & ~(page_bytes - 1);
  const bool read_only = slot >= m.relro_low && slot < m.relro_high;
  if (read_only && !Protect(page, page_bytes, PROT_READ | PROT_WRITE)) return false;
  __atomic_store_n(reinterpret_cast<uintptr_t*>(slot), value, __ATOMIC_RELEASE);
  if (read_only) Protect(page, page_bytes, PROT_READ);
  return true;
}

unsigned RedirectTable(const Module& m, const Redirection (&rows)[9], const ElfW(Rela) * table,
                       size_t bytes, const ElfW(Sym) * symbols, const char* names) {
  unsigned changed = 0;
  for (size_t i = 0; i < bytes / sizeof(*table); i++) {
    const auto type = ELF64_R_TYPE(table[i].r_info);
    if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT) continue;
    const char* name = names + symbols[ELF64_R_SYM(table[i].r_info)].st_name;
    const uintptr_t slot = m.bias + table[i].r_offset;
    if (slot < m.low || slot + sizeof(slot) > m.high || slot % sizeof(slot) != 0) continue;
    for (const Redirection& row : rows) {
      if (strcmp(name, row.name) != 0) continue;
      const uintptr_t value = *reinterpret_cast<const uintptr_t*>(slot);
      // Bound to the program's, or not bound yet: then it leads back into the module's own PLT.
      const bool lazy = type == R_X86_64_JUMP_SLOT && value >= m.low && value < m.high;
      if ((value == row.from || lazy) && Store(m, slot, row.to)) changed++;
    }
  }
  return changed;
}

unsigned Redirect(const Module& m, const Redirection (&rows)[9]) {
  const ElfW(Rela)* rela = nullptr;
  const ElfW(Rela)* plt = nullptr;
  const ElfW(Sym)* symbols = nullptr;
  const char* names = nullptr;
  size_t rela_bytes = 0, plt_bytes = 0;
  for (const ElfW(Dyn)* d = m.dynamic; d->d_tag != DT_NULL; d++) {
    const uintptr_t at = d->d_un.d_ptr;  // the loader has added the bias
    if (d->d_tag == DT_RELA) rela = reinterpret_cast<const ElfW(Rela)*>(at);
    if (d->d_tag == DT_RELASZ) rela_bytes = d->d_un.d_val;
    if (d->d_tag == DT_JMPREL) plt = reinterpret_cast<const ElfW(Rela)*>(at);
    if (d->d_tag == DT_PLTRELSZ) plt_bytes = d->d_un.d_val;
    if (d->d_tag == DT_SYMTAB) symbols = reinterpret_cast<const ElfW(Sym)*>(at);
    if (d->d_tag == DT_STRTAB) names = reinterpret_cast<const char*>(at);
  }
  const auto inside = [&](const void* p) {
    const auto at = reinterpret_cast<uintptr_t>(p);
    return at >= m.low && at < m.high;
  };
  if (!inside(symbols) || !inside(names)) return 0;
  unsigned changed = 0;
  if (inside(rela)) changed += RedirectTable(m, rows, rela, rela_bytes, symbols, names);
  if (inside(plt)) changed += RedirectTable(m, rows, plt, plt_bytes, symbols, names);
  return changed;
}

int Visit(dl_phdr_info* info, size_t, void* changed) {
  Module m{};
  m.bias = info->dlpi_addr;
  m.low = UINTPTR_MAX;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr)& segment = info->dlpi_phdr[i];
    const uintptr_t begin = m.bias + segment.p_vaddr;
    const uintptr_t end = begin + segment.p_memsz;
    if (segment.p_type == PT_LOAD) {
      m.low = begin < m.low ? begin : m.low;
      m.high = end > m.high ? end : m.high;
    } else if (segment.p_type == PT_DYNAMIC) {
      m.dynamic = reinterpret_cast<const ElfW(Dyn)*>(begin);
    } else if (segment.p_type == PT_GNU_RELRO) {
      m.relro_low = begin;
      m.relro_high = end;
    }
  }
  const auto is_in = [&](uintptr_t at) { return at >= m.low && at < m.high; };
  // Neither the allocator itself, nor the loader, nor us; and nothing without a table.
  if (m.dynamic == nullptr || is_in(reinterpret_cast<uintptr_t>(real.malloc)) ||
      is_in(reinterpret_cast<uintptr_t>(&Visit)) || m.bias == getauxval(AT_BASE) ||
      m.bias == getauxval(AT_SYSINFO_EHDR)) {
    return 0;
  }
  const Redirection rows[] = {Row("malloc", real.malloc, allocprof_malloc),
                              Row("calloc", real.calloc, allocprof_calloc),
                              Row("realloc", real.realloc, allocprof_realloc),
                              Row("free", real.free, allocprof_free),
                              Row("posix_memalign", real.posix_memalign, allocprof_posix_memalign),
                              Row("aligned_alloc", real.aligned_alloc, allocprof_aligned_alloc),
                              Row("memalign", real.memalign, allocprof_memalign),
                              Row("valloc", real.valloc, allocprof_valloc),
                              Row("pvalloc", real.pvalloc, allocprof_pvalloc)};
  *static_cast<unsigned*>(changed) += Redirect(m, rows);
  return 0;
}

}  // namespace

unsigned RedirectLibraries() {
  unsigned changed = 0;
  dl_iterate_phdr(Visit, &changed);
  return changed;
}

}  // namespace allocprof
