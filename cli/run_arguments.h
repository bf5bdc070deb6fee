// SPDX-License-Identifier: Apache-2.0
//
// Where the words of `allocprof run` end and those of the recorded command begin.
//
// Split before CLI11 sees them: it would take the command's own options for ours.
#pragma once

#include <string>
#include <vector>

namespace allocprof::cli {

struct RunArguments {
  std::vector<std::string> own;
  std::vector<std::string> command;
};

// The command begins after the first "--", or at the first word that is neither an option nor the
// value of one. `valued` are the options that take a value: "-o", "--ring", ...
RunArguments SplitRunArguments(const std::vector<std::string>& words,
                               const std::vector<std::string>& valued);

}  // namespace allocprof::cli
