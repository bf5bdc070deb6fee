// SPDX-License-Identifier: Apache-2.0
//
// One thing that stands between a program and its profile.
#pragma once

#include <string>
#include <vector>

namespace allocprof::cli {

enum class Weight {
  kStops,   // nothing can be recorded
  kLimits,  // something is not recorded
  kNote,    // worth knowing when a figure surprises
};

struct Finding {
  Weight weight;
  const char* rule;      // "static", "own_malloc": stable, for other programs
  std::string what;      // goes on from the program's name: "is statically linked, so ..."
  std::string evidence;  // the symbol, section or file that shows it
  std::string remedy;    // an imperative: "link it dynamically"
};

using Findings = std::vector<Finding>;

}  // namespace allocprof::cli
