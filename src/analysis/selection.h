// SPDX-License-Identifier: Apache-2.0
//
// Applies filters to a profile: what they leave out counts nowhere any more, and is summed.
//
// Additive figures of the selection are exact. A peak is the selection's share at the global peak.
// The timeline, the clock and what recording cost stay those of the process.
// Errors: a function's expression that is none. Thread-safety: one thread.
#pragma once

#include <string>
#include <vector>

#include "analysis/filters.h"
#include "analysis/heap.h"
#include "base/status.h"
#include "model/profile.h"

namespace allocprof::analysis {

class Frames;
struct SiteFacts;

struct Selection {
  std::vector<std::string> filters;  // "--function 'parse'", one a kind
  Heap whole;                        // before the filters
  std::string nothing;               // why no allocation is left; empty when some are
};

// "--function 'parse(': missing closing parenthesis at character 7".
Status CheckFilters(const Filters& filters);

// The same of any option whose values are expressions.
Status CheckExpressions(const char* option, const std::vector<std::string>& expressions);

// Clears the figures of the sites that a filter leaves out, and makes the totals those of the rest.
// REQUIRES: CheckFilters(filters).ok()
Selection Select(const Filters& filters, const Frames& frames, std::vector<SiteFacts>* facts,
                 model::Profile* profile);

}  // namespace allocprof::analysis
