// SPDX-License-Identifier: Apache-2.0
//
// Module: a loaded ELF file as the trace describes it.
// Thread-safety: a value.
#pragma once

#include <compare>
#include <string>

namespace allocprof::symbols {

struct Module {
  std::string path;      // absolute, without sysroot; anything else, as "[vdso]", has no file
  std::string build_id;  // hex; empty when the trace has none

  auto operator<=>(const Module&) const = default;
};

}  // namespace allocprof::symbols
