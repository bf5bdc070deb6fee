// SPDX-License-Identifier: Apache-2.0
#include "unwind_libunwind.h"

#include <dlfcn.h>
#include <libunwind.h>
#include <string.h>

#include "options.h"
#include "process.h"
#include "rule_table.h"

namespace allocprof {

bool libunwind_walks = false;
bool libunwind_verifies = false;

namespace {

int (*get_context)(unw_context_t*) = nullptr;
int (*init_local)(unw_cursor_t*, unw_context_t*) = nullptr;
int (*step_out)(unw_cursor_t*) = nullptr;
int (*get_register)(unw_cursor_t*, int, unw_word_t*) = nullptr;
bool loaded = false;

template <typename F>
bool Find(void* library, F& slot, const char* name) {
  void* p = dlsym(library, name);
  memcpy(&slot, &p, sizeof(p));
  return p != nullptr;
}

// Calls visit(pc, sp) for each frame of the program, innermost first, until it returns false. Our
// own frames come first: the program's begin at the hook's return address and stack pointer.
template <typename Visit>
void EachFrame(const Site& site, Visit visit) {
  unw_context_t context;
  unw_cursor_t cursor;
  if (get_context(&context) != 0 || init_local(&cursor, &context) != 0) return;
  bool inside = false;
  while (step_out(&cursor) > 0) {
    unw_word_t pc = 0, sp = 0;
    get_register(&cursor, UNW_REG_IP, &pc);
    get_register(&cursor, UNW_REG_SP, &sp);
    inside = inside || (pc == site.pc && sp == site.sp);
    if (inside && (pc == 0 || !visit(pc, sp))) return;
  }
}

}  // namespace

void LoadLibunwind() {
  if (loaded || Is(options.UNWIND, "native")) return;
  void* library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr || !Find(library, get_context, "_Ux86_64_getcontext") ||
      !Find(library, init_local, "_ULx86_64_init_local") ||
      !Find(library, step_out, "_ULx86_64_step") ||
      !Find(library, get_register, "_ULx86_64_get_reg")) {
    Say("libunwind.so.8 cannot be used", options.UNWIND,
        "the native walk is used; install libunwind8 for ALLOCPROF_UNWIND=verify");
    return;
  }
  loaded = true;
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
  EachFrame(site, [&](uintptr_t pc, uintptr_t sp) {
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

bool LibunwindAgrees(const Site& site, const Walk& walk) {
  uint32_t n = 0;
  bool same = true;
  EachFrame(site, [&](uintptr_t pc, uintptr_t) {
    same = n < walk.count && walk.frames[n].pc == pc;
    n++;
    return same;
  });
  return same && n == walk.count;
}

}  // namespace allocprof
