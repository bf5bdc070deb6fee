// SPDX-License-Identifier: Apache-2.0
//
// Which functions eat the stack: the deepest stack of all events, a row a function, with what its
// frames take. The rows add up to the depth.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analysis/analysis.h"
#include "analysis/function_cells.h"
#include "analysis/ranking.h"
#include "base/units.h"
#include "wire/format.h"

namespace allocprof::analysis {
namespace {

using report::Unit;
using report::Value;

struct Use {
  uint64_t frames = 0;
  uint64_t bytes = 0;
  uint64_t largest = 0;
  bool varies = false;
};

uint32_t DeepestNode(const Input& in) {
  uint32_t deepest = 0;
  const auto& nodes = in.profile.stacks.nodes();
  for (size_t i = 0; i < in.profile.sites.size(); i++) {
    const uint32_t node = in.profile.sites[i].node;
    if (in.facts[i].selected && nodes[node].depth_max > nodes[deepest].depth_max) deepest = node;
  }
  return deepest;
}

// Frame by frame, innermost first.
void AddFrames(const Input& in, uint32_t deepest, bool placed, report::Report* report) {
  const auto& nodes = in.profile.stacks.nodes();
  report::Table table{.key = "deepest_frames", .title = "Its frames, innermost first"};
  table.columns = {{"function", "function", Unit::kText},
                   {"module", "", Unit::kText},
                   {"file", "where", Unit::kText},
                   {"line", "", Unit::kNone},
                   {"frame_bytes", "frame", Unit::kBytes},
                   {"frame_bytes_vary", "", Unit::kNone},
                   {"bytes_to_here", "to here", Unit::kBytes}};
  if (!placed) table.columns[2].title.clear();
  uint64_t bytes = 0;
  for (const uint32_t node : in.frames.Chain(deepest)) {
    const FrameRef& ref = in.frames.OfLocation(nodes[node].location).back();
    std::vector<Value> row = FunctionCells(in.frames, ref.function);
    row[2] = in.frames.files()[ref.file].empty() ? Value() : Value(in.frames.files()[ref.file]);
    row[3] = ref.line != 0 ? Value(static_cast<uint64_t>(ref.line)) : Value();
    bytes += nodes[node].frame_bytes;
    row.emplace_back(uint64_t{nodes[node].frame_bytes});
    row.emplace_back((nodes[node].flags & wire::kNodeVariable) != 0);
    row.emplace_back(bytes);
    table.rows.push_back(std::move(row));
  }
  if (in.options.top != 0 && table.rows.size() > in.options.top) {
    table.omitted_rows = table.rows.size() - in.options.top;
    table.rows.resize(in.options.top);
    table.omitted.resize(table.columns.size());
    table.omitted[4] = bytes - std::get<uint64_t>(table.rows.back()[6]);
  }
  report->tables.push_back(std::move(table));
}

}  // namespace

void AddDeepestStack(const Input& in, report::Report* report) {
  const uint32_t deepest = DeepestNode(in);
  if (deepest == 0) return;
  const auto& nodes = in.profile.stacks.nodes();
  std::map<uint32_t, Use> by_function;
  uint64_t sum = 0;
  for (uint32_t node = deepest; node != 0; node = nodes[node].parent) {
    // What is inlined has no frame of its own.
    Use& use = by_function[in.frames.OfLocation(nodes[node].location).back().function];
    use.frames++;
    use.bytes += nodes[node].frame_bytes;
    use.largest = std::max<uint64_t>(use.largest, nodes[node].frame_bytes);
    use.varies = use.varies || (nodes[node].flags & wire::kNodeVariable) != 0;
    sum += nodes[node].frame_bytes;
  }
  const uint64_t depth = nodes[deepest].depth_max;
  report::Table table{.key = "deepest_stack",
                      .title = fmt::format("Deepest stack: {}", BytesText(depth))};
  table.columns = {{"function", "function", Unit::kText},    {"module", "", Unit::kText},
                   {"file", "where", Unit::kText},           {"line", "", Unit::kNone},
                   {"bytes", "of the stack", Unit::kBytes},  {"frames", "frames", Unit::kCount},
                   {"frame_bytes", "largest", Unit::kBytes}, {"frame_bytes_vary", "", Unit::kNone}};
  for (const auto& [index, use] : by_function) {
    const Function& f = in.frames.functions()[index];
    const auto known = [](const std::string& s) { return s.empty() ? Value() : Value(s); };
    table.rows.push_back({f.name.empty() ? Value("?? in " + f.module) : Value(f.name),
                          known(f.module), known(f.file),
                          f.line != 0 ? Value(static_cast<uint64_t>(f.line)) : Value(), use.bytes,
                          use.frames, use.largest, use.varies});
  }
  // What lies outside the outermost frame; frames that vary may add up to more than the depth.
  if (depth > sum) {
    table.rows.push_back({Value("[below the first frame]"), Value(), Value(), Value(), depth - sum,
                          uint64_t{0}, Value(), Value()});
  }
  RankAndCut(&table, "bytes", in.options.top,
             {false, false, false, false, true, true, false, false});
  const bool placed = std::any_of(table.rows.begin(), table.rows.end(), [](const auto& row) {
    return std::holds_alternative<std::string>(row[2]);
  });
  if (!placed) table.columns[2].title.clear();
  report->tables.push_back(std::move(table));
  AddFrames(in, deepest, placed, report);
}

}  // namespace allocprof::analysis
