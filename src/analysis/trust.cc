// SPDX-License-Identifier: Apache-2.0
//
// How far the trace can be trusted: what is missing from it and why, and whether its own totals
// hold.
#include <fmt/format.h>

#include "analysis/analysis.h"

namespace allocprof::analysis {
namespace {

using report::Unit;

const char* LostText(const std::string& why) {
  if (why == "no_ring") return "there was no memory for a thread's ring";
  if (why == "nested") return "too many came from signal handlers inside one hook";
  if (why == "window") return "the trace file could not be written any more";
  if (why == "starting") return "the recorder was not ready yet";
  if (why == "max_size") return "the trace reached ALLOCPROF_MAX_SIZE";
  return "for a reason that this version does not know";
}

bool TotalsHold(const trace::Totals& said, const trace::Totals& found) {
  return said.events == found.events && said.allocations == found.allocations &&
         said.frees == found.frees && said.reallocations == found.reallocations &&
         said.allocated_bytes == found.allocated_bytes && said.failed == found.failed;
}

}  // namespace

void AddTrust(const Input& in, report::Report* report) {
  const trace::Trace& t = *in.profile.trace;
  const trace::ReplayResult& r = in.profile.replay;
  std::vector<std::string>& notes = report->notes;
  switch (t.ending) {
    case trace::Ending::kRunning:
      notes.push_back("The process is still running: this is its profile so far.");
      break;
    case trace::Ending::kDied:
      notes.push_back(t.from_spool ? "The process was killed or crashed; every event up to its "
                                     "death was kept in the spool."
                                   : "The end of the trace is missing: the file was cut, or its "
                                     "spool was not kept beside it.");
      break;
    case trace::Ending::kExec:
      notes.push_back("The process replaced itself by exec; the new program has its own trace.");
      break;
    default:
      break;
  }
  for (const trace::Lost& l : t.lost)
    notes.push_back(fmt::format("{} events were lost: {}.", l.events, LostText(l.why)));
  for (const auto* list : {&t.damage, &r.damage}) {
    for (size_t i = 0; i < list->size() && i < 5; i++)
      notes.push_back(fmt::format("Damage at {}: {}.", (*list)[i].where, (*list)[i].what));
    if (list->size() > 5)
      notes.push_back(fmt::format("Damage at {} more places.", list->size() - 5));
  }
  if (r.skipped_kinds != 0) {
    notes.push_back(
        fmt::format("{} records are of a kind that this version does not know.", r.skipped_kinds));
  }
  const bool proved = t.totals && TotalsHold(*t.totals, r.totals);
  if (t.totals && !proved) {
    notes.push_back(
        fmt::format("The trace does not hold what its end record says: {} of {} events.",
                    r.totals.events, t.totals->events));
  }
  if (in.profile.undefined_stacks != 0)
    notes.push_back(fmt::format("{} events have a stack whose definition is lost.",
                                in.profile.undefined_stacks));
  if (!t.rate_known)
    notes.push_back("The process ended before its clock could be measured: times assume 2.5 GHz.");
  if (t.stacks_different != 0)
    notes.push_back(fmt::format("{} of {} stacks differ from libunwind's.", t.stacks_different,
                                t.stacks_verified));

  const symbols::Counters& c = in.frames.counters();
  report::ScalarGroup group{.key = "trust", .title = "How far to trust this", .scalars = {}};
  auto add = [&](std::string key, std::string title, Unit unit, report::Value value) {
    group.scalars.push_back({std::move(key), std::move(title), unit, std::move(value)});
  };
  add("events", "events recorded", Unit::kCount, r.totals.events);
  add("totals_proved", t.totals ? "end record agrees" : "", Unit::kNone, proved);
  add("from_spool", "", Unit::kNone, t.from_spool);
  add("damage", "", Unit::kCount, static_cast<uint64_t>(t.damage.size() + r.damage.size()));
  add("stacks_cut", t.stacks_cut != 0 ? "stacks cut" : "", Unit::kCount, t.stacks_cut);
  add("stacks_verified", t.stacks_verified != 0 ? "stacks checked by libunwind" : "", Unit::kCount,
      t.stacks_verified);
  add("stacks_different", t.stacks_verified != 0 ? "  found different" : "", Unit::kCount,
      t.stacks_different);
  add("undefined_stacks", "", Unit::kCount, in.profile.undefined_stacks);
  add("locations", "code addresses", Unit::kCount,
      static_cast<uint64_t>(in.profile.stacks.locations().size()));
  add("unresolved_locations", "  without a name", Unit::kCount, in.frames.unresolved_locations());
  add("modules_without_file", c.modules_without_file != 0 ? "modules without their file" : "",
      Unit::kCount, c.modules_without_file);
  add("modules_with_wrong_build_id",
      c.modules_with_wrong_build_id != 0 ? "modules changed since" : "", Unit::kCount,
      c.modules_with_wrong_build_id);
  report->groups.push_back(std::move(group));
}

}  // namespace allocprof::analysis
