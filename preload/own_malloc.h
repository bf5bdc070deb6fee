// SPDX-License-Identifier: Apache-2.0
//
// A program whose executable exports its own malloc (rustc, with jemalloc) is called in our stead:
// its definition comes first in every lookup. What its libraries call goes through words of their
// global offset tables, which can be pointed at our hooks; these go on to the program's malloc, so
// every block comes from and returns to the same allocator as without us.
//
// Not seen: the executable's own calls, which the linker bound directly, and libraries that are
// opened later. Why not otherwise: see README, "A program with its own malloc".
// Thread-safety: for the constructor. Takes the loader's lock (dl_iterate_phdr).
#pragma once

namespace allocprof {

// Redirects the loaded libraries' calls. Returns how many words were changed.
unsigned RedirectLibraries();

}  // namespace allocprof
