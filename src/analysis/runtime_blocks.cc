// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime_blocks.h"

#include <string_view>

#include "analysis/analysis.h"
#include "analysis/plumbing.h"

namespace allocprof::analysis {
namespace {

// A site is a runtime's when one of its frames is in a module whose name begins so, in a function
// whose bare name begins so (either may be empty), and its one block (in each process) has the
// size, if one is given.
struct Row {
  std::string_view module;
  std::string_view function;
  uint64_t size;
  const char* what;
};

constexpr Row kRows[] = {
    {"libstdc++.so", "", 72704, "libstdc++: pool for exceptions when memory is short"},
    {"libstdc++.so", "", 73728, "libstdc++: pool for exceptions when memory is short"},
    {"libc.so", "_IO_file_doallocate", 0, "stdio: buffers of stdin, stdout and stderr"},
    {"libc.so", "_IO_wfile_doallocate", 0, "stdio: buffers of wide streams"},
    {"ld-linux", "_dl_allocate_tls", 0, "loader: thread-local storage of threads"},
    {"ld-linux", "allocate_dtv", 0, "loader: thread-local storage of threads"},
    {"", "std::thread::current::", 0, "Rust: the main thread's handle"},
    {"", "std::thread::Thread::new", 0, "Rust: a thread's handle"},
    {"", "std::sys::pal::unix::stack_overflow::", 0, "Rust: thread info of the overflow handler"},
    {"", "std::rt::init", 0, "Rust: set-up of the runtime"},
    {"", "std::io::stdio::cleanup", 0, "Rust: stdout's buffer"},
    {"", "std::sync::once_lock::OnceLock::initialize", 0, "Rust: a static's once-made value"},
};

const Row* Find(const model::Profile& profile, const Frames& frames, const model::Site& site) {
  const auto& nodes = profile.stacks.nodes();
  for (uint32_t node = site.node; node != 0; node = nodes[node].parent) {
    for (const FrameRef& ref : frames.OfLocation(nodes[node].location)) {
      const Function& f = frames.functions()[ref.function];
      const std::string bare = BareName(f.name);
      for (const Row& row : kRows) {
        if (f.module.compare(0, row.module.size(), row.module) != 0) continue;
        if (bare.compare(0, row.function.size(), row.function) != 0) continue;
        if (row.size != 0 && (site.allocated_bytes != site.allocations * row.size ||
                              site.allocations > profile.trace->processes.size())) {
          continue;
        }
        return &row;
      }
    }
    // A runtime's own blocks are asked for near the top of the stack; user code below them, as in
    // a callback, makes them the user's.
    const FrameRef& outer = frames.OfLocation(nodes[node].location).back();
    if (!frames.functions()[outer.function].system) return nullptr;
  }
  return nullptr;
}

}  // namespace

bool IsRuntimeSite(const model::Profile& profile, const Frames& frames, const model::Site& site) {
  return site.leaked_blocks != 0 && Find(profile, frames, site) != nullptr;
}

void AddRuntimeBlocks(const Input& in, report::Report* report) {
  using report::Unit;
  report::Table table{.key = "runtime",
                      .title = "Runtime blocks (live at the end by design, not leaks)"};
  table.columns = {{"what", "what", Unit::kText},
                   {"blocks", "blocks", Unit::kCount},
                   {"bytes", "bytes", Unit::kBytes}};
  for (const Row& row : kRows) {
    uint64_t blocks = 0, bytes = 0;
    for (size_t i = 0; i < in.facts.size(); i++) {
      const model::Site& site = in.profile.sites[i];
      if (!in.facts[i].runtime || Find(in.profile, in.frames, site) != &row) continue;
      blocks += site.leaked_blocks;
      bytes += site.leaked_bytes;
    }
    if (blocks != 0) table.rows.push_back({std::string(row.what), blocks, bytes});
  }
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
