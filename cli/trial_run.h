// SPDX-License-Identifier: Apache-2.0
//
// Records a command once into a temporary folder, to see whether and how far that works.
//
// The command runs for real, with stdin and its output on stderr. Errors: no folder, no process.
// Thread-safety: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "finding.h"

namespace allocprof::cli {

struct TrialProcess {
  uint64_t pid = 0;
  std::string exe;
  std::string hooked;
  std::string allocator;
  uint64_t allocations = 0;
};

struct TrialResult {
  std::vector<TrialProcess> processes;  // by time; none: nothing was recorded
  int status = 0;                       // of the command, as run gives it
};

Result<TrialResult> TryRun(const std::vector<std::string>& command, const std::string& library);

void AddTrialFindings(const TrialResult& trial, Findings* findings);

}  // namespace allocprof::cli
