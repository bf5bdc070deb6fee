// SPDX-License-Identifier: Apache-2.0
//
// The call tree as a table: a row a node, its level in the first column.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/call_tree.h"

namespace allocprof::analysis {

void AddTree(const Input& in, report::Report* report) {
  using report::Unit;
  using report::Value;
  TreeOptions options{.inverted = in.options.inverted,
                      .plumbing = in.options.plumbing,
                      .metric = FigureOf(in.options.sort),
                      .most = in.options.top};
  Heap whole;
  for (size_t i = 0; i < in.profile.sites.size(); i++) {
    whole.Add(in.profile.sites[i], in.facts[i].leaks());
  }
  // A branch without any of the metric is never worth a line.
  options.least = std::max(1.0, in.options.min.Of(static_cast<double>(whole.*options.metric)));

  report::Table table{.key = "tree", .tree = true};
  table.title = in.options.inverted ? "Who calls for memory, callers below their callees"
                                    : "Call tree, callees below their callers";
  table.columns = {{"depth", "", Unit::kNone},  {"function", "function", Unit::kText},
                   {"module", "", Unit::kText}, {"file", "where", Unit::kText},
                   {"line", "", Unit::kNone},   {"rest", "", Unit::kCount}};
  static const struct {
    const char* key;
    const char* title;
    Unit unit;
    uint64_t Heap::*figure;
  } kFigures[] = {{"allocations", "allocations", Unit::kCount, &Heap::allocations},
                  {"allocated_bytes", "allocated", Unit::kBytes, &Heap::bytes},
                  {"peak_bytes", "at peak", Unit::kBytes, &Heap::peak},
                  {"leaked_bytes", "leaked", Unit::kBytes, &Heap::leaked},
                  {"temporary_allocations", "temporary", Unit::kCount, &Heap::temporary}};
  for (const auto& f : kFigures) {
    const bool shown = f.figure == options.metric;
    table.columns.push_back({std::string("total.") + f.key, shown ? f.title : "", f.unit});
    table.columns.push_back({std::string("self.") + f.key, shown ? "itself" : "", f.unit});
  }
  for (const TreeNode& node : CallTree(in, options)) {
    std::vector<Value> row = {uint64_t{node.depth}, Value(), Value(), Value(), Value(), node.rest};
    if (node.function != UINT32_MAX) {
      const Function& f = in.frames.functions()[node.function];
      const auto known = [](const std::string& s) { return s.empty() ? Value() : Value(s); };
      row[1] = f.name.empty() ? Value("?? in " + f.module) : Value(f.name);
      row[2] = known(f.module);
      row[3] = known(f.file);
      if (f.line != 0) row[4] = static_cast<uint64_t>(f.line);
    } else if (node.rest == 0) {
      row[1] = std::string("[stack lost]");
    }
    for (const auto& f : kFigures) {
      row.push_back(node.total.*f.figure);
      row.push_back(node.self.*f.figure);
    }
    table.rows.push_back(std::move(row));
  }
  if (whole.*options.metric == 0 && in.selection.nothing.empty()) {
    report->notes.push_back(fmt::format("There is nothing to show: {} is 0.", in.options.sort));
  }
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
