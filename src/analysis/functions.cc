// SPDX-License-Identifier: Apache-2.0
//
// Heap beside stack, a row a function: what it asked for itself, what was asked for below it, and
// the size of its own frame and the depth of the stack under it.
#include <algorithm>

#include "analysis/advice/headroom.h"
#include "analysis/analysis.h"
#include "analysis/heap.h"
#include "analysis/own_peaks.h"
#include "analysis/ranking.h"
#include "analysis/shapes.h"
#include "model/slack.h"
#include "wire/format.h"

namespace allocprof::analysis {
namespace {

using report::Unit;
using report::Value;

struct FunctionRow {
  Heap self, total;
  model::BlockSum contained;  // of its own alone
  uint64_t frame_bytes = 0;
  bool frame_varies = false;
  uint64_t depth_max = 0;
  model::SiteShape shape;           // of its own alone
  uint64_t slack = 0;               // of its own alone
  uint32_t last_site = UINT32_MAX;  // a recursive function counts once a stack
};

std::vector<FunctionRow> Collect(const Input& in) {
  const auto& nodes = in.profile.stacks.nodes();
  std::vector<FunctionRow> rows(in.frames.functions().size());
  const auto* slack = in.profile.Find<model::Slack>();
  for (uint32_t i = 0; i < in.profile.sites.size(); i++) {
    const model::Site& site = in.profile.sites[i];
    if (!in.facts[i].selected) continue;
    if (in.facts[i].call_site != UINT32_MAX) {
      FunctionRow& row = rows[in.facts[i].call_site];
      row.self.Add(site, in.facts[i].leaks());
      row.contained.blocks += in.facts[i].owners.contained().blocks;
      row.contained.bytes += in.facts[i].owners.contained().bytes;
      if (const model::SiteShape* shape = ShapeOf(in, i)) row.shape.Add(*shape);
      if (slack != nullptr) row.slack += slack->sites()[i].bytes;
    }
    const uint64_t depth = nodes[site.node].depth_max;
    for (uint32_t node = site.node; node != 0; node = nodes[node].parent) {
      const auto& refs = in.frames.OfLocation(nodes[node].location);
      for (const FrameRef& ref : refs) {
        FunctionRow& row = rows[ref.function];
        if (row.last_site == i) continue;
        row.last_site = i;
        row.total.Add(site, in.facts[i].leaks());
        row.depth_max = std::max(row.depth_max, depth);
      }
      // The frame belongs to the function that the others are inlined in.
      FunctionRow& owner = rows[refs.back().function];
      owner.frame_bytes = std::max<uint64_t>(owner.frame_bytes, nodes[node].frame_bytes);
      owner.frame_varies = owner.frame_varies || (nodes[node].flags & wire::kNodeVariable) != 0;
    }
  }
  return rows;
}

// Sizes and lifetimes of its own blocks; null where it has none.
void AddShape(const Input& in, const model::SiteShape& shape, std::vector<Value>* row) {
  const double rate = in.profile.trace->stamps_per_second;
  const auto seconds = [&](uint64_t stamps) {
    return shape.lifetimes.empty() ? Value() : Value(static_cast<double>(stamps) / rate);
  };
  const auto count = [](const model::Histogram& h, uint64_t n) {
    return h.empty() ? Value() : Value(n);
  };
  const uint64_t longest = shape.lifetime_max;
  row->push_back(seconds(std::min(longest, shape.lifetimes.Quantile(0.5))));
  row->push_back(seconds(std::min(longest, shape.lifetimes.Quantile(0.99))));
  row->push_back(seconds(longest));
  for (const double share : {0.5, 0.99}) {
    row->push_back(count(shape.lifetimes, shape.lifetimes_in_allocations.Quantile(share)));
  }
  for (const double share : {0.5, 0.95, 0.99, 1.0}) {
    row->push_back(count(shape.sizes, std::min(shape.size_max, shape.sizes.Quantile(share))));
  }
}

// What was asked for by stacks without a frame, so that the table adds up to the totals.
Heap OfLostStacks(const Input& in) {
  Heap lost;
  for (size_t i = 0; i < in.facts.size(); i++) {
    if (in.facts[i].call_site == UINT32_MAX) lost.Add(in.profile.sites[i], in.facts[i].leaks());
  }
  return lost;
}

Value ContainedShare(const FunctionRow& r) {
  if (r.self.allocations == 0) return {};
  return static_cast<double>(r.contained.blocks) / static_cast<double>(r.self.allocations);
}

}  // namespace

const std::vector<std::string>& SortKeys() {
  static const std::vector<std::string> kKeys = {"allocations", "allocated_bytes", "peak_bytes",
                                                 "leaked_bytes", "temporary_allocations"};
  return kKeys;
}

void AddFunctions(const Input& in, report::Report* report) {
  if (in.options.group_by != "function") return;
  report::Table table{.key = "functions", .title = "Functions: heap beside stack"};
  std::vector<bool> additive;
  auto column = [&](std::string key, std::string title, Unit unit, bool sums) {
    table.columns.push_back({std::move(key), std::move(title), unit});
    additive.push_back(sums);
  };
  column("function", "function", Unit::kText, false);
  column("module", "", Unit::kText, false);
  column("file", "where", Unit::kText, false);
  column("line", "", Unit::kNone, false);
  column("self.allocations", "allocations", Unit::kCount, true);
  column("self.allocated_bytes", "allocated", Unit::kBytes, true);
  column("self.peak_bytes", "at peak", Unit::kBytes, true);
  column("self.leaked_bytes", "leaked", Unit::kBytes, true);
  column("self.temporary_allocations", "temporary", Unit::kCount, true);
  column("contained_allocations", "", Unit::kCount, true);
  column("contained_bytes", "", Unit::kBytes, true);
  column("total.allocations", "with callees", Unit::kCount, false);
  column("total.allocated_bytes", "", Unit::kBytes, false);
  column("total.peak_bytes", "", Unit::kBytes, false);
  column("total.leaked_bytes", "", Unit::kBytes, false);
  column("total.temporary_allocations", "", Unit::kCount, false);
  column("contained_share", "contained", Unit::kShare, false);
  column("frame_bytes", "frame", Unit::kBytes, false);
  column("frame_bytes_vary", "", Unit::kNone, false);
  column("stack_depth_max", "stack depth", Unit::kBytes, false);
  column("slack_bytes", "", Unit::kBytes, true);
  column("total.own_peak_bytes", "", Unit::kBytes, false);
  column("lifetime.p50_s", "", Unit::kSeconds, false);
  column("lifetime.p99_s", "", Unit::kSeconds, false);
  column("lifetime.max_s", "", Unit::kSeconds, false);
  column("lifetime.p50_allocations", "", Unit::kCount, false);
  column("lifetime.p99_allocations", "", Unit::kCount, false);
  column("size.p50", "", Unit::kBytes, false);
  column("size.p95", "", Unit::kBytes, false);
  column("size.p99", "", Unit::kBytes, false);
  column("size.max", "", Unit::kBytes, false);
  column("inline_bytes", "", Unit::kBytes, false);
  column("frame_bytes_then", "frame then", Unit::kBytes, false);

  const std::vector<FunctionRow> rows = Collect(in);
  const std::vector<uint64_t> inline_bytes = InlineBytes(in);
  const bool known_owners = OwnersKnown(in.profile);
  const std::vector<uint64_t> own_peaks =
      in.options.own_peaks ? OwnPeaks(in) : std::vector<uint64_t>();
  for (size_t i = 0; i < rows.size(); i++) {
    const FunctionRow& r = rows[i];
    const Function& f = in.frames.functions()[i];
    if (r.last_site == UINT32_MAX) continue;
    // The language's and the system's own functions are in the stacks.
    if (f.system && r.self.allocations == 0 && r.self.peak == 0) continue;
    auto known = [](const std::string& s) { return s.empty() ? Value() : Value(s); };
    table.rows.push_back({f.name.empty() ? Value("?? in " + f.module) : Value(f.name),
                          known(f.module),
                          known(f.file),
                          f.line != 0 ? Value(static_cast<uint64_t>(f.line)) : Value(),
                          r.self.allocations,
                          r.self.bytes,
                          r.self.peak,
                          r.self.leaked,
                          r.self.temporary,
                          known_owners ? Value(r.contained.blocks) : Value(),
                          known_owners ? Value(r.contained.bytes) : Value(),
                          r.total.allocations,
                          r.total.bytes,
                          r.total.peak,
                          r.total.leaked,
                          r.total.temporary,
                          known_owners ? ContainedShare(r) : Value(),
                          r.frame_bytes != 0 ? Value(r.frame_bytes) : Value(),
                          r.frame_varies,
                          r.depth_max});
    table.rows.back().emplace_back(r.slack);
    table.rows.back().push_back(own_peaks.empty() ? Value() : Value(own_peaks[i]));
    AddShape(in, r.shape, &table.rows.back());
    // With the buffers that advice suggests.
    const bool grows = inline_bytes[i] != 0 && r.frame_bytes != 0;
    table.rows.back().push_back(grows ? Value(inline_bytes[i]) : Value());
    table.rows.back().push_back(grows ? Value(r.frame_bytes + inline_bytes[i]) : Value());
  }
  const Heap lost = OfLostStacks(in);
  if (lost.allocations != 0 || lost.peak != 0) {
    table.rows.push_back({Value("[stack lost]"),
                          Value(),
                          Value(),
                          Value(),
                          lost.allocations,
                          lost.bytes,
                          lost.peak,
                          lost.leaked,
                          lost.temporary,
                          Value(),
                          Value(),
                          lost.allocations,
                          lost.bytes,
                          lost.peak,
                          lost.leaked,
                          lost.temporary,
                          Value(),
                          Value(),
                          Value(),
                          Value()});
  }
  for (auto& row : table.rows) row.resize(table.columns.size());
  // By what a function does itself; of those that do nothing, by what is below them.
  RankAndCut(&table, "total." + in.options.sort, 0, additive);
  RankAndCut(&table, "self." + in.options.sort, {in.options.top, in.options.min}, additive);
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
