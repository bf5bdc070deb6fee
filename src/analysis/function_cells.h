// SPDX-License-Identifier: Apache-2.0
//
// How a table names a function: four columns, and a row of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/frames.h"
#include "report/report.h"

namespace allocprof::analysis {

// function, module, file, line
inline std::vector<report::Column> FunctionColumns() {
  return {{"function", "function", report::Unit::kText},
          {"module", "", report::Unit::kText},
          {"file", "where", report::Unit::kText},
          {"line", "", report::Unit::kNone}};
}

// `function`: an index into Frames::functions(); anything else is a stack that is lost.
inline std::vector<report::Value> FunctionCells(const Frames& frames, uint32_t function) {
  using report::Value;
  if (function >= frames.functions().size()) return {Value("[stack lost]"), {}, {}, {}};
  const Function& f = frames.functions()[function];
  const auto known = [](const std::string& s) { return s.empty() ? Value() : Value(s); };
  return {f.name.empty() ? Value("?? in " + f.module) : Value(f.name), known(f.module),
          known(f.file), f.line != 0 ? Value(static_cast<uint64_t>(f.line)) : Value()};
}

}  // namespace allocprof::analysis
