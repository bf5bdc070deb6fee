// SPDX-License-Identifier: Apache-2.0
#include "unwind_libunwind.h"

#include <dlfcn.h>
#include <libunwind.h>
#include <string.h>

#include "options.h"
#include "process.h"
#include "thread.h"

namespace allocprof {

bool libunwind_walks = false;

namespace {

int (*get_context)(unw_context_t*) = nullptr;
int (*init_local)(unw_cursor_t*, unw_context_t*) = nullptr;
int (*step_out)(unw_cursor_t*) = nullptr;
int (*get_register)(unw_cursor_t*, int, unw_word_t*) = nullptr;
bool verify = false;

template <typename F>
bool Find(void* library, F& slot, const char* name) {
  void* p = dlsym(library, name);
  memcpy(&slot, &p, sizeof(p));
  return p != nullptr;
}

}  // namespace

void LoadLibunwind() {
  if (libunwind_walks || Is(options.UNWIND, "native")) return;
  void* library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr || !Find(library, get_context, "_Ux86_64_getcontext") ||
      !Find(library, init_local, "_ULx86_64_init_local") ||
      !Find(library, step_out, "_ULx86_64_step") ||
      !Find(library, get_register, "_ULx86_64_get_reg")) {
    Say("libunwind.so.8 cannot be used", options.UNWIND,
        "the native walk is used; install libunwind8 for ALLOCPROF_UNWIND=verify");
    return;
  }
  verify = Is(options.UNWIND, "verify");
  libunwind_walks = true;
}

void WalkWithLibunwind(Thread* t, const Site& site, Walk* walk) {
  WalkStack(site, &t->bounds, static_cast<uint32_t>(options.DEPTH), walk);
  unw_context_t context;
  unw_cursor_t cursor;
  if (get_context(&context) != 0 || init_local(&cursor, &context) != 0) return;
  const uint32_t native = walk->count;
  uint32_t n = 0;
  bool inside = false, same = true;
  uint64_t last_pc = 0;
  // Our own frames come first: the program's begin at the hook's return address and stack pointer.
  while (step_out(&cursor) > 0 && n < options.DEPTH) {
    unw_word_t pc = 0, sp = 0;
    get_register(&cursor, UNW_REG_IP, &pc);
    get_register(&cursor, UNW_REG_SP, &sp);
    if (!inside && (pc != site.pc || sp != site.sp)) continue;
    inside = true;
    if (pc == 0) break;
    if (verify) {
      same = same && n < native && walk->frames[n].pc == pc;
    } else {
      walk->frames[n] = {pc, 0, 0};
      if (n > 0) walk->frames[n - 1].bytes = static_cast<uint32_t>(sp - last_pc);
      last_pc = sp;
    }
    n++;
  }
  if (verify) {
    // A stack cut at either end is no witness: its full length is not known.
    if (walk->cut || n == options.DEPTH) return;
    __atomic_fetch_add(&process->spool->verified, 1u, __ATOMIC_RELAXED);
    if (!same || n != native) __atomic_fetch_add(&process->spool->different, 1u, __ATOMIC_RELAXED);
  } else if (inside) {
    walk->count = n;
    walk->cut = n == options.DEPTH;
  }
}

}  // namespace allocprof
