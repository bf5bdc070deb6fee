// SPDX-License-Identifier: Apache-2.0
#include "trial_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/units.h"
#include "child_process.h"
#include "preload_library.h"
#include "temporary_folder.h"
#include "trace/trace.h"

namespace allocprof::cli {
namespace {

namespace fs = std::filesystem;

// What the command prints must not stand in the product.
class OutputToStderr {
 public:
  OutputToStderr() : stdout_(dup(STDOUT_FILENO)) {
    if (stdout_ >= 0) dup2(STDERR_FILENO, STDOUT_FILENO);
  }
  ~OutputToStderr() {
    if (stdout_ < 0) return;
    dup2(stdout_, STDOUT_FILENO);
    close(stdout_);
  }
  OutputToStderr(const OutputToStderr&) = delete;
  OutputToStderr& operator=(const OutputToStderr&) = delete;

 private:
  int stdout_;
};

TrialProcess Summary(const trace::Trace& trace) {
  TrialProcess process;
  process.pid = trace.header.pid;
  process.exe = trace.header.exe;
  process.hooked = trace.header.hooked;
  process.allocator = trace.header.allocator;
  // The end record has the sum; a process that was killed has its chunks, which count events.
  if (trace.totals.has_value()) {
    process.allocations = trace.totals->allocations;
  } else {
    for (const trace::Chunk& chunk : trace.chunks) process.allocations += chunk.events;
  }
  return process;
}

}  // namespace

Result<TrialResult> TryRun(const std::vector<std::string>& command, const std::string& library) {
  const TemporaryFolder folder;
  if (folder.path().empty()) return folder.status();
  const char* preloaded = std::getenv("LD_PRELOAD");
  EnvironmentChanges changes;
  changes.unset = {"ALLOCPROF_ROOT"};
  changes.set = {{"LD_PRELOAD", PreloadWith(library, preloaded != nullptr ? preloaded : "")},
                 {"ALLOCPROF_OUTPUT", folder.path() + "/trace.json"}};
  const Result<ChildEnd> ended = [&] {
    const OutputToStderr redirected;
    return RunChild(command, changes);
  }();
  if (!ended.ok()) return ended.status();
  TrialResult result;
  result.status = ended.value().exit_code;
  std::vector<std::pair<uint64_t, TrialProcess>> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.path(), error)) {
    if (entry.path().extension() != ".json") continue;
    const Result<trace::Trace> trace = trace::Load(entry.path().string());
    if (trace.ok()) {
      found.emplace_back(trace.value().header.real_ns, Summary(trace.value()));
    }
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [start, process] : found) result.processes.push_back(std::move(process));
  return result;
}

void AddTrialFindings(const TrialResult& trial, Findings* findings) {
  if (trial.processes.empty()) {
    findings->insert(findings->begin(),
                     {Weight::kStops, "no_trace", "left no trace when it was run",
                      fmt::format("it ended with status {}", trial.status),
                      "run it with --verbose on; does it clear LD_PRELOAD, or run elsewhere?"});
    return;
  }
  for (const TrialProcess& process : trial.processes) {
    if (process.hooked == "all") continue;
    findings->push_back({Weight::kLimits, "own_malloc_in_trial",
                         fmt::format("runs {}, which has its own malloc", process.exe),
                         fmt::format("its first malloc is {}'s; {} allocations were seen",
                                     process.allocator, CountText(process.allocations)),
                         "allocprof run --own-malloc libraries records what its libraries "
                         "allocate"});
  }
}

}  // namespace allocprof::cli
