// SPDX-License-Identifier: Apache-2.0
#include "unwind_libunwind.h"

#include <dlfcn.h>
#include <libunwind.h>
#include <string.h>
#include <atomic>

#include "eh_frame.h"
#include "options.h"
#include "process.h"
#include "rule_table.h"
#include "sys.h"
#include "wire/format.h"

namespace allocprof {

bool libunwind_walks = false;
bool libunwind_verifies = false;

namespace {

unw_addr_space_t (*create_space)(unw_accessors_t*, int) = nullptr;
int (*set_caching)(unw_addr_space_t, unw_caching_policy_t) = nullptr;
void (*flush_cache)(unw_addr_space_t, unw_word_t, unw_word_t) = nullptr;
int (*init_remote)(unw_cursor_t*, unw_addr_space_t, void*) = nullptr;
int (*step_out)(unw_cursor_t*) = nullptr;
int (*get_register)(unw_cursor_t*, int, unw_word_t*) = nullptr;
int (*search_table)(unw_addr_space_t, unw_word_t, unw_dyn_info_t*, unw_proc_info_t*, int,
                    void*) = nullptr;
unw_addr_space_t space = nullptr;
std::atomic<uint64_t> cached_generation{0};
// Threads inside libunwind. A child forked meanwhile inherits its locks as they are.
std::atomic<uint32_t> walkers{0};

// One walk: what libunwind's accessors get to see.
struct Oracle {
  uintptr_t registers[17];  // by DWARF number; 16 is rip
  uintptr_t stack_low, stack_high;
  uintptr_t module_low, module_high;  // the one looked up last
};

bool NoteModuleOf(Oracle* o, uintptr_t at, dl_find_object* object) {
  if (at >> 47 != 0 || _dl_find_object(reinterpret_cast<void*>(at), object) != 0) return false;
  o->module_low = reinterpret_cast<uintptr_t>(object->dlfo_map_start);
  o->module_high = reinterpret_cast<uintptr_t>(object->dlfo_map_end);
  return true;
}

int FindProcInfo(unw_addr_space_t as, unw_word_t ip, unw_proc_info_t* info, int need, void* arg) {
  auto* o = static_cast<Oracle*>(arg);
  dl_find_object object{};
  if (!NoteModuleOf(o, ip, &object)) return -UNW_ENOINFO;
  FdeTable table;
  if (!FindTable(static_cast<const uint8_t*>(object.dlfo_eh_frame), o->module_low, o->module_high,
                 &table)) {
    return -UNW_ENOINFO;
  }
  unw_dyn_info_t module{};
  module.start_ip = o->module_low;
  module.end_ip = o->module_high;
  module.format = UNW_INFO_FORMAT_REMOTE_TABLE;
  module.u.rti.segbase = table.base;
  module.u.rti.table_data = reinterpret_cast<uintptr_t>(table.pairs);
  module.u.rti.table_len = table.count;  // in words; a pair is one
  return search_table(as, ip, &module, info, need, arg);
}

void PutUnwindInfo(unw_addr_space_t, unw_proc_info_t*, void*) {}
int DynamicInfo(unw_addr_space_t, unw_word_t*, void*) { return -UNW_ENOINFO; }

// libunwind guesses where there is no CFI, so an address may be anything: the kernel reads those
// that are neither on the thread's stack nor in a module.
int ReadMemory(unw_addr_space_t, unw_word_t at, unw_word_t* word, int write, void* arg) {
  auto* o = static_cast<Oracle*>(arg);
  if (write != 0) return -UNW_EINVAL;
  const auto inside = [&](uintptr_t low, uintptr_t high) { return at >= low && at <= high - 8; };
  dl_find_object object{};
  if ((o->stack_high != 0 && inside(o->stack_low, o->stack_high)) ||
      (o->module_high != 0 && inside(o->module_low, o->module_high)) ||
      (NoteModuleOf(o, at, &object) && inside(o->module_low, o->module_high))) {
    memcpy(word, reinterpret_cast<const void*>(at), 8);
    return 0;
  }
  return sys::ReadOwnMemory(at, word, 8) == 8 ? 0 : -UNW_EINVAL;
}

int ReadRegister(unw_addr_space_t, unw_regnum_t number, unw_word_t* word, int write, void* arg) {
  if (write != 0 || number < 0 || number > 16) return -UNW_EBADREG;
  *word = static_cast<Oracle*>(arg)->registers[number];
  return 0;
}

int NoFloat(unw_addr_space_t, unw_regnum_t, unw_fpreg_t*, int, void*) { return -UNW_EBADREG; }
int NoResume(unw_addr_space_t, unw_cursor_t*, void*) { return -UNW_EINVAL; }
int NoName(unw_addr_space_t, unw_word_t, char*, size_t, unw_word_t*, void*) { return -UNW_ENOINFO; }

unw_accessors_t accessors = {FindProcInfo, PutUnwindInfo, DynamicInfo, ReadMemory,
                             ReadRegister, NoFloat,       NoResume,    NoName};

template <typename F>
bool Find(void* library, F& slot, const char* name) {
  void* p = dlsym(library, name);
  memcpy(&slot, &p, sizeof(p));
  return p != nullptr;
}

// Calls visit(pc, sp) for each frame of the program, innermost first, until it returns false. Our
// own frames come first: the program's begin at the hook's return address and stack pointer.
template <typename Visit>
[[gnu::noinline]] void EachFrame(const Site& site, const StackBounds& bounds, Visit visit) {
  Oracle oracle{};
  const bool own = site.sp >= bounds.low && site.sp < bounds.high;
  oracle.stack_low = own ? bounds.low : 0;
  oracle.stack_high = own ? bounds.high : 0;
  // The registers that callees keep, by psABI; the others are of no use to a walk outwards.
  uintptr_t* r = oracle.registers;
  asm volatile(
      "movq %%rbx, 24(%0)\n\tmovq %%rbp, 48(%0)\n\tmovq %%rsp, 56(%0)\n\t"
      "movq %%r12, 96(%0)\n\tmovq %%r13, 104(%0)\n\tmovq %%r14, 112(%0)\n\t"
      "movq %%r15, 120(%0)\n\tleaq 0(%%rip), %%rax\n\tmovq %%rax, 128(%0)"
      :
      : "r"(r)
      : "rax", "memory");

  walkers.fetch_add(1);
  const uint64_t generation = module_generation.load();
  if (cached_generation.exchange(generation) != generation) flush_cache(space, 0, 0);
  unw_cursor_t cursor;
  bool inside = false;
  for (bool more = init_remote(&cursor, space, &oracle) == 0 && step_out(&cursor) > 0; more;
       more = step_out(&cursor) > 0) {
    unw_word_t pc = 0, sp = 0;
    get_register(&cursor, UNW_REG_IP, &pc);
    get_register(&cursor, UNW_REG_SP, &sp);
    inside = inside || (pc == site.pc && sp == site.sp);
    if (inside && (pc == 0 || !visit(pc, sp))) break;
  }
  walkers.fetch_sub(1);
}

}  // namespace

void LoadLibunwind() {
  if (Is(options.UNWIND, "native")) return;
  if (space != nullptr) {
    if (walkers.exchange(0) == 0) return;
    libunwind_walks = libunwind_verifies = false;
    Say("libunwind was in use when this process was forked", options.UNWIND,
        "the native walk is used in the child, unverified");
    return;
  }
  void* library = dlopen("libunwind-x86_64.so.8", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr || !Find(library, create_space, "_Ux86_64_create_addr_space") ||
      !Find(library, set_caching, "_Ux86_64_set_caching_policy") ||
      !Find(library, flush_cache, "_Ux86_64_flush_cache") ||
      !Find(library, init_remote, "_Ux86_64_init_remote") ||
      !Find(library, step_out, "_Ux86_64_step") ||
      !Find(library, get_register, "_Ux86_64_get_reg") ||
      !Find(library, search_table, "_Ux86_64_dwarf_search_unwind_table") ||
      (space = create_space(&accessors, 0)) == nullptr) {
    Say("libunwind-x86_64.so.8 cannot be used", options.UNWIND,
        "the native walk is used; install libunwind8 for ALLOCPROF_UNWIND=verify");
    return;
  }
  set_caching(space, UNW_CACHE_GLOBAL);
  libunwind_verifies = Is(options.UNWIND, "verify");
  libunwind_walks = !libunwind_verifies;
}

void WalkWithLibunwind(const Site& site, StackBounds* bounds, Walk* walk) {
  const auto max_frames = static_cast<uint32_t>(options.DEPTH);
  const uintptr_t high = StackEnd(bounds, site.sp);
  walk->depth = high == bounds->high && bounds->base > site.sp ? bounds->base - site.sp : 0;
  walk->count = 0;
  walk->cut = false;
  uintptr_t last_sp = 0;
  EachFrame(site, *bounds, [&](uintptr_t pc, uintptr_t sp) {
    if (walk->count == max_frames) {
      walk->cut = true;
      return false;
    }
    if (walk->count > 0) walk->frames[walk->count - 1].bytes = static_cast<uint32_t>(sp - last_sp);
    walk->frames[walk->count++] = {pc, 0, 0};
    last_sp = sp;
    return true;
  });
  if (walk->count == 0) {
    walk->frames[walk->count++] = {site.pc, 0, 0};
    walk->cut = true;
  }
  // For their modules, which a native walk notes on the way.
  for (uint32_t i = 0; i < walk->count; i++) FindRule(walk->frames[i].pc - 1);
}

uint32_t FramesByTables(const Walk& walk) {
  uint32_t n = 0;
  while (n < walk.count && (walk.frames[n].flags & wire::kNodeGuessed) == 0) n++;
  return n == walk.count ? n : n + 1;
}

bool LibunwindAgrees(const Site& site, const StackBounds& bounds, const Walk& walk) {
  const uint32_t compared = FramesByTables(walk);
  uint32_t n = 0;
  bool same = true;
  EachFrame(site, bounds, [&](uintptr_t pc, uintptr_t) {
    same = n < walk.count && walk.frames[n].pc == pc;
    n++;
    return same && (n < compared || compared == walk.count);
  });
  return same && n == compared;
}

}  // namespace allocprof
