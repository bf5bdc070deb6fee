// SPDX-License-Identifier: Apache-2.0
//
// Frame: one line of a symbolised call stack.
//
// Owns: nothing but the shape shared by the rooms that make and print frames.
// Thread-safety: a value.
#pragma once

#include <string>

namespace allocprof::symbols {

struct Frame {
  std::string function;  // demangled; empty when unknown
  std::string file;      // normalised, as the debug info names it; empty when unknown
  int line = 0;          // from 1; 0 when unknown
  bool inlined = false;  // the compiler put this call's body into the frame after this one

  bool operator==(const Frame&) const = default;
};

}  // namespace allocprof::symbols
