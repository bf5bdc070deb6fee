// SPDX-License-Identifier: Apache-2.0
//
// Whether a stack belongs to the time before main, in main, or after it, told from its frames:
// the dynamic loader's and libc's start code below, exit and its handlers in between. `main` is the
// user's own: in a Rust program it is what std's runtime calls, not the C main around it.
// Source: glibc 2.34+ csu/libc-start.c (__libc_start_main -> __libc_start_call_main -> main);
// Rust library/std/src/rt.rs (lang_start -> lang_start_internal -> __rust_begin_short_backtrace).
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/frames.h"
#include "model/profile.h"

namespace allocprof::analysis {

enum class Phase : uint8_t { kBeforeMain, kMain, kAfterMain };

class PhaseFinder {
 public:
  PhaseFinder(const model::Profile& profile, const Frames& frames);

  Phase Of(uint32_t node) const;

 private:
  // What a location says about the phase of the stacks that hold it.
  enum Sign : uint16_t {
    kExit = 1,    // exit, its handlers, destructors
    kLoader = 2,  // the dynamic loader: constructors of libraries
    kStart = 4,   // __libc_start_main
    kMain = 8,    // the program's main, or libc's caller of it
    kLibc = 16,
    kRustRuntime = 32,  // std::rt::lang_start_internal
    kRustMain = 64,     // the user's fn main is further in
    kRustCleanup = 128,
  };

  const model::Profile& profile_;
  std::vector<uint16_t> signs_;  // by location
  uint64_t rust_main_call_ = 0;  // address in lang_start_internal of the call that leads to fn main
};

const char* PhaseName(Phase phase);

}  // namespace allocprof::analysis
