// SPDX-License-Identifier: Apache-2.0
#include "analysis/phases.h"

#include <algorithm>
#include <string_view>

#include "analysis/analysis.h"
#include "analysis/plumbing.h"

namespace allocprof::analysis {
namespace {

bool StartsWith(std::string_view s, std::string_view prefix) {
  return s.substr(0, prefix.size()) == prefix;
}

}  // namespace

PhaseFinder::PhaseFinder(const model::Profile& profile, const Frames& frames) : profile_(profile) {
  const auto& locations = profile.stacks.locations();
  signs_.resize(locations.size());
  for (uint32_t i = 0; i < locations.size(); i++) {
    for (const FrameRef& ref : frames.OfLocation(i)) {
      const Function& f = frames.functions()[ref.function];
      const std::string name = BareName(f.name);
      const bool libc = StartsWith(f.module, "libc.so") || StartsWith(f.module, "libc-");
      uint16_t sign = 0;
      if (libc) {
        sign |= kLibc;
        if (name == "exit" || name == "__run_exit_handlers" || name == "__cxa_finalize" ||
            name == "quick_exit" || name == "__funcs_on_exit") {
          sign |= kExit;
        }
        if (StartsWith(name, "__libc_start_main") || name == "call_init") sign |= kStart;
        if (name == "__libc_start_call_main") sign |= kMain;
      } else if (StartsWith(f.module, "ld-linux") || StartsWith(f.module, "ld-2")) {
        sign |= name == "_dl_fini" ? kExit : kLoader;
      } else if (name == "main") {
        sign |= kMain;
      } else if (name == "std::rt::lang_start_internal") {
        sign |= kRustRuntime;
      } else if (StartsWith(name, "std::sys::backtrace::__rust_begin_short_backtrace") ||
                 StartsWith(name, "std::sys_common::backtrace::__rust_begin_short_backtrace")) {
        sign |= kRustMain;
      } else if (StartsWith(name, "std::rt::cleanup") ||
                 StartsWith(name, "std::rt::thread_cleanup")) {
        sign |= kRustCleanup;
      }
      signs_[i] |= sign;
    }
  }
  // Where lang_start_internal calls main: what it calls from a later address comes after main.
  for (const model::Site& site : profile.sites) {
    bool in_main = false;
    for (const uint32_t node : frames.Chain(site.node)) {
      const uint32_t location = profile.stacks.nodes()[node].location;
      in_main = in_main || (signs_[location] & kRustMain) != 0;
      if (in_main && (signs_[location] & kRustRuntime) != 0) {
        rust_main_call_ = std::max(rust_main_call_, locations[location].address);
      }
    }
  }
}

Phase PhaseFinder::Of(uint32_t node) const {
  const auto& nodes = profile_.stacks.nodes();
  bool start = false, rust_main = false, rust_cleanup = false, main = false;
  uint16_t inner = 0;  // signs of the frame inside the one at hand
  uint32_t outermost = 0;
  for (; node != 0; node = nodes[node].parent) {
    const uint16_t sign = signs_[nodes[node].location];
    if (sign & kExit) return Phase::kAfterMain;
    rust_main = rust_main || (sign & kRustMain) != 0;
    rust_cleanup = rust_cleanup || (sign & kRustCleanup) != 0;
    if (sign & kRustRuntime && !rust_main) {
      const bool later =
          rust_main_call_ != 0 &&
          profile_.stacks.locations()[nodes[node].location].address > rust_main_call_;
      return later || rust_cleanup ? Phase::kAfterMain : Phase::kBeforeMain;
    }
    main = main || (sign & kMain) != 0;
    // A stripped libc: __libc_start_main calls main through a libc function without a name, but
    // the program's constructors directly.
    if (sign & kStart) {
      start = true;
      main = main || ((inner & kLibc) != 0 && (inner & kStart) == 0);
    }
    inner = sign;
    outermost = node;
  }
  if (main) return Phase::kMain;
  if (start) return Phase::kBeforeMain;
  const bool loader = outermost != 0 && (signs_[nodes[outermost].location] & kLoader) != 0;
  return loader ? Phase::kBeforeMain : Phase::kMain;
}

const char* PhaseName(Phase phase) {
  static constexpr const char* kNames[] = {"before main", "main", "after main"};
  return kNames[static_cast<int>(phase)];
}

void AddPhases(const Input& in, report::Report* report) {
  using report::Unit;
  report::Table table{.key = "phases", .title = "Phases"};
  table.columns = {{"phase", "phase", Unit::kText},
                   {"allocations", "allocations", Unit::kCount},
                   {"allocated_bytes", "allocated", Unit::kBytes},
                   {"leaked_bytes", "leaked", Unit::kBytes}};
  for (const Phase phase : {Phase::kBeforeMain, Phase::kMain, Phase::kAfterMain}) {
    uint64_t allocations = 0, bytes = 0, leaked = 0;
    for (size_t i = 0; i < in.facts.size(); i++) {
      if (in.facts[i].phase != phase) continue;
      allocations += in.profile.sites[i].allocations;
      bytes += in.profile.sites[i].allocated_bytes;
      if (in.facts[i].leaks()) leaked += in.profile.sites[i].leaked_bytes;
    }
    table.rows.push_back({std::string(PhaseName(phase)), allocations, bytes, leaked});
  }
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
