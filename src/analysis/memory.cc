// SPDX-License-Identifier: Apache-2.0
//
// Where the memory is: from the live heap to what top shows, at the heap's peak and at the end.
#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/analysis.h"
#include "model/allocator_cost.h"
#include "model/mapped_blocks.h"

namespace allocprof::analysis {
namespace {

using report::Unit;
using report::Value;
using trace::Sample;

// The sample nearest to a moment, of those that know the resident memory; nullptr if there is none.
const Sample* Nearest(const trace::Trace& trace, uint64_t stamp) {
  const Sample* best = nullptr;
  const auto distance = [stamp](const Sample& s) {
    return s.stamp > stamp ? s.stamp - stamp : stamp - s.stamp;
  };
  for (const Sample& s : trace.samples) {
    if (s.rss != 0 && (best == nullptr || distance(s) < distance(*best))) best = &s;
  }
  return best;
}

uint64_t StacksHighWater(const trace::Trace& trace) {
  uint64_t sum = 0;
  for (const trace::Thread& t : trace.threads) sum += t.stack_high_water;
  return sum;
}

// What is known of one moment.
struct Parts {
  uint64_t live = 0;
  std::optional<double> slack;
  const Sample* sample = nullptr;
};

// Nothing of this is ever zero in a process: zero is what an older trace, or one without an end,
// does not know.
Value Known(uint64_t value) { return value != 0 ? Value(value) : Value(); }

// The rows that add up to the resident memory; the last but one makes up the difference. A row that
// is not known of either moment is left out.
std::vector<std::vector<Value>> Rows(const Input& in, const Parts& peak, const Parts& end) {
  const trace::Resources& r = in.profile.trace->resources;
  const Value stacks = Known(StacksHighWater(*in.profile.trace));
  const Value own = Known(r.recorder_anonymous + r.recorder_file);
  const Parts* const moments[] = {&peak, &end};
  std::vector<std::vector<Value>> rows;
  int64_t sums[2] = {0, 0};
  const auto row = [&](const char* what, const auto& value_of) {
    std::vector<Value> cells = {std::string(what)};
    bool known = false;
    for (int i = 0; i < 2; i++) {
      cells.push_back(value_of(*moments[i]));
      if (const auto* bytes = std::get_if<uint64_t>(&cells.back())) {
        sums[i] += static_cast<int64_t>(*bytes);
        known = true;
      }
    }
    if (known) rows.push_back(std::move(cells));
  };
  row("live heap, as asked for", [](const Parts& p) { return Value(p.live); });
  row("rounded up by malloc (estimate)", [](const Parts& p) {
    return p.slack ? Value(static_cast<uint64_t>(std::llround(*p.slack))) : Value();
  });
  row("mapped by the program itself", [](const Parts& p) {
    return p.sample->minor_faults != 0 ? Value(p.sample->mapped) : Value();
  });
  row("thread stacks, touched", [&](const Parts&) { return stacks; });
  row("program and library files", [&](const Parts& p) {
    const uint64_t file = p.sample->resident_file;
    return Known(file - std::min(file, r.recorder_file));
  });
  row("the recorder", [&](const Parts&) { return own; });
  const auto rss = [](const Parts& p) { return Value(p.sample->rss); };
  const auto rest = [&](int i) {
    return Value(static_cast<int64_t>(moments[i]->sample->rss) - sums[i]);
  };
  rows.push_back({std::string("the rest: free blocks, data segments"), rest(0), rest(1)});
  rows.push_back({std::string("resident (RES in top)"), rss(peak), rss(end)});
  return rows;
}

void AddMaps(const wire::MapTotals& m, const std::string& key, const std::string& whose,
             report::ScalarGroup* group) {
  const bool any = m.maps + m.unmaps + m.remaps != 0;
  const auto add = [&](const char* name, const char* title, Unit unit, uint64_t value) {
    group->scalars.push_back(
        {key + "." + name, any && *title != '\0' ? whose + title : "", unit, value});
  };
  add("maps", " calls of mmap", Unit::kCount, m.maps);
  add("unmaps", "", Unit::kCount, m.unmaps);
  add("remaps", "", Unit::kCount, m.remaps);
  add("mapped_bytes", "", Unit::kBytes, m.mapped_bytes);
  add("unmapped_bytes", "", Unit::kBytes, m.unmapped_bytes);
  add("peak_bytes", " mappings, at most", Unit::kBytes, m.peak_bytes);
}

}  // namespace

void AddMemory(const Input& in, report::Report* report) {
  const trace::Trace& trace = *in.profile.trace;
  const trace::Resources& r = trace.resources;
  const model::Totals& totals = in.profile.totals;
  const auto* costs = in.profile.Find<model::AllocatorCost>();
  const bool sized = costs != nullptr && costs->sized_blocks() != 0;
  using Slack = std::optional<double>;
  const Parts peak{totals.peak_bytes, sized ? Slack(costs->slack_at_peak()) : Slack(),
                   Nearest(trace, totals.peak_stamp)};
  const Parts end{totals.end_bytes, sized ? Slack(costs->slack_at_end()) : Slack(),
                  Nearest(trace, trace.last_stamp())};

  report::ScalarGroup group{
      .key = "resources", .title = "Memory and time from the system", .scalars = {}};
  const auto add = [&](const char* key, const char* title, Unit unit, Value value) {
    group.scalars.push_back(
        {key, std::holds_alternative<std::monostate>(value) ? "" : title, unit, std::move(value)});
  };
  const auto known = [&](uint64_t value) { return r.usage_known ? Value(value) : Value(); };
  const auto seconds = [&](uint64_t ns) {
    return r.usage_known ? Value(static_cast<double>(ns) / 1e9) : Value();
  };
  const Sample* last = end.sample;
  const bool usage = last != nullptr && last->minor_faults != 0;
  add("cpu_user_s", "processor time, user", Unit::kSeconds, seconds(r.user_ns));
  add("cpu_system_s", "processor time, system", Unit::kSeconds, seconds(r.system_ns));
  add("resident_peak_bytes", "resident, at most", Unit::kBytes, known(r.peak_resident));
  add("minor_faults", "page faults", Unit::kCount,
      last != nullptr ? Known(last->minor_faults) : Value());
  add("major_faults", "  read from disk", Unit::kCount,
      usage ? Value(last->major_faults) : Value());
  add("heap_bytes", "heap that malloc got by brk", Unit::kBytes,
      usage ? Value(last->heap) : Value());
  uint64_t heap_peak = 0;
  for (const Sample& s : trace.samples) heap_peak = std::max(heap_peak, s.heap);
  add("heap_peak_bytes", "  at most", Unit::kBytes, usage ? Value(heap_peak) : Value());
  // Not of a selection: which blocks malloc maps depends on all of them.
  if (const auto* mapped = in.profile.Find<model::MappedBlocks>(); mapped != nullptr) {
    const bool any = mapped->blocks() != 0;
    add("mapped_blocks.blocks", any ? "blocks that malloc maps (estimate)" : "", Unit::kCount,
        mapped->blocks());
    add("mapped_blocks.peak_bytes", any ? "  of these at once" : "", Unit::kBytes,
        mapped->peak_bytes());
    add("mapped_blocks.threshold_bytes", "", Unit::kBytes, mapped->threshold());
  }
  AddMaps(r.mapped_by_program, "mapped_by_program", "the program's", &group);
  AddMaps(r.mapped_by_allocator, "mapped_by_allocator", "the allocator's", &group);
  report->groups.push_back(std::move(group));

  if (peak.sample == nullptr) return;
  report::Table table{.key = "memory", .title = "Where the memory is"};
  table.columns = {{"what", "what", Unit::kText},
                   {"at_peak_bytes", "at the heap's peak", Unit::kBytes},
                   {"at_end_bytes", "at the end", Unit::kBytes}};
  table.rows = Rows(in, peak, end);
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
