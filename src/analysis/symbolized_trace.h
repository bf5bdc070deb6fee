// SPDX-License-Identifier: Apache-2.0
//
// What a report asks about a trace's program, as records that make the trace reportable without its
// files: names, lines, and the control flow that containment is judged by.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "model/profile.h"
#include "symbols/options.h"
#include "symbols/remembered_flow.h"
#include "symbols/symbolizer.h"

namespace allocprof::analysis {

// Gives both what the trace itself knows. Call it before they are asked anything.
void EmbedSymbols(const trace::Trace& trace, symbols::Symbolizer* symbolizer,
                  symbols::RememberedFlow* flow);

// The records for trace::CopyDocument. Cost: that of a report.
Result<std::vector<std::string>> SymbolRecordsOf(const std::string& trace_path,
                                                 const symbols::Options& options);

}  // namespace allocprof::analysis
