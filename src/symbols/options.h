// SPDX-License-Identifier: Apache-2.0
//
// Options: where the files of a recorded program are looked for.
// Thread-safety: a value.
#pragma once

#include <string>
#include <vector>

namespace allocprof::symbols {

struct Options {
  // Roots of separate debug files. Each is tried under `sysroot` first, then as it stands.
  std::vector<std::string> debug_dirs = {"/usr/lib/debug"};
  // Prefix of every module path; empty for the running system.
  std::string sysroot;
  // Ask the servers of DEBUGINFOD_URLS for what is not found here.
  bool debuginfod = false;
};

}  // namespace allocprof::symbols
