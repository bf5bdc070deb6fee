// SPDX-License-Identifier: Apache-2.0
//
// The loaded ELF files whose code appears in stacks: noted when the first of their addresses is
// met, revalidated at every drain and after dlclose.
// Thread-safety: lock-free. The list only grows; two threads that note one module at the same time
// leave two records of it, which the reader takes for one.
#pragma once

#include <dlfcn.h>

namespace allocprof {

// Records the module if it is new. Called on a miss in the rule table only.
void NoteModule(const dl_find_object& object);

// Marks modules that are no longer mapped, or replaced, as unloaded and starts a new generation,
// which outdates all rules and paths. Costs 50 ns a module.
void RevalidateModules();

}  // namespace allocprof
