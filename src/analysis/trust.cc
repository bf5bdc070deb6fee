// SPDX-License-Identifier: Apache-2.0
//
// How far the trace can be trusted: what is missing from it and why, and whether its own totals
// hold.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/analysis.h"
#include "analysis/words.h"
#include "base/units.h"

namespace allocprof::analysis {
namespace {

using report::Unit;

struct ModulesInDoubt {
  std::vector<std::string> without_file, with_wrong_build_id, without_debug_info;
};

// A build-id, or that there is none.
std::string IdText(const std::string& id) { return id.empty() ? "no build-id" : "build-id " + id; }

// Sorts the modules by what is missing of them, and says what a user can mend.
ModulesInDoubt FindModulesInDoubt(const Frames& frames, std::vector<std::string>* notes) {
  ModulesInDoubt found;
  for (const symbols::ModuleFiles& m : frames.modules()) {
    const std::string name = m.module.path.substr(m.module.path.rfind('/') + 1);
    for (const symbols::RefusedFile& refused : m.refused) {
      notes->push_back(
          fmt::format("{} is another build than the {} recorded ({}, not {}) and is "
                      "left unused; --sysroot or --debug-dir can name the right one.",
                      refused.path, name, IdText(refused.build_id), m.module.build_id));
    }
    if (!m.missing_split_files.empty()) {
      notes->push_back(fmt::format(
          "Debug info of {} is in {} that {} not here, first {}; "
          "--debug-dir can name their folder.",
          name,
          m.missing_split_files.size() == 1
              ? "a .dwo file"
              : fmt::format("{} .dwo files", m.missing_split_files.size()),
          m.missing_split_files.size() == 1 ? "is" : "are", m.missing_split_files.front()));
    }
    if (!m.file) {
      (m.refused.empty() ? found.without_file : found.with_wrong_build_id).push_back(name);
    } else if (!m.debug_info) {
      found.without_debug_info.push_back(name);
    }
  }
  if (!frames.debuginfod_failure().empty()) {
    notes->push_back(
        fmt::format("debuginfod was asked no further: {}.", frames.debuginfod_failure()));
  }
  return found;
}

bool TotalsHold(const trace::Totals& said, const trace::Totals& found) {
  return said.events == found.events && said.allocations == found.allocations &&
         said.frees == found.frees && said.reallocations == found.reallocations &&
         said.allocated_bytes == found.allocated_bytes && said.failed == found.failed;
}

// What the program did without its being recorded, because it was asked for.
void AddUnrecorded(const trace::Trace& t, std::vector<std::string>* notes) {
  const trace::Resources& r = t.resources;
  double off = 0;
  uint64_t spans = 0;
  for (size_t i = 0; i < r.switches.size(); i++) {
    if (!r.switches[i].off) continue;
    const uint64_t until = i + 1 < r.switches.size() ? r.switches[i + 1].stamp : t.last_stamp();
    off += t.Seconds(until) - t.Seconds(r.switches[i].stamp);
    spans++;
  }
  if (spans != 0) {
    notes->push_back(fmt::format(
        "Recording was off for {:.3f} s in {}: at least {} allocations of {} made then are not in "
        "this profile, and their frees count as unknown.",
        off, spans == 1 ? "one span" : fmt::format("{} spans", spans),
        CountText(r.passed_allocations), BytesText(r.passed_bytes)));
  }
  if (r.full_stamp != 0) {
    notes->push_back(fmt::format(
        "The trace was full after {:.3f} s (ALLOCPROF_MAX_SIZE): what lives and leaks is told of "
        "that moment; {} allocations of {} and {} frees after it were only counted.",
        t.Seconds(r.full_stamp), CountText(r.dropped.allocations),
        BytesText(r.dropped.allocated_bytes), CountText(r.dropped.frees)));
  }
}

void AddEndingNote(const trace::Trace& t, std::vector<std::string>* notes) {
  switch (t.ending) {
    case trace::Ending::kRunning:
      notes->push_back("The process is still running: this is its profile so far.");
      break;
    case trace::Ending::kDied:
      notes->push_back(t.from_spool ? "The process was killed or crashed; every event up to its "
                                      "death was kept in the spool."
                                    : "The end of the trace is missing: the file was cut, or its "
                                      "spool was not kept beside it.");
      break;
    case trace::Ending::kExec:
      notes->push_back("The process replaced itself by exec; the new program has its own trace.");
      break;
    default:
      break;
  }
}

// Of several processes; that one replaced itself by exec is the way of a tree of them.
void AddEndingsNotes(const trace::Trace& t, std::vector<std::string>* notes) {
  const auto ended = [&](trace::Ending ending) {
    return std::count_if(t.processes.begin(), t.processes.end(),
                         [&](const trace::Process& p) { return p.ending == ending; });
  };
  if (const auto n = ended(trace::Ending::kRunning); n != 0) {
    notes->push_back(fmt::format("{} of {} processes still run: this is their profile so far.", n,
                                 t.processes.size()));
  }
  if (const auto n = ended(trace::Ending::kDied); n != 0) {
    notes->push_back(fmt::format(
        "{} of {} processes were killed or crashed, or the end of their traces is missing.", n,
        t.processes.size()));
  }
}

}  // namespace

void AddTrust(const Input& in, report::Report* report) {
  const trace::Trace& t = *in.profile.trace;
  const trace::ReplayResult& r = in.profile.replay;
  std::vector<std::string>& notes = report->notes;
  if (t.processes.size() > 1) {
    AddEndingsNotes(t, &notes);
  } else {
    AddEndingNote(t, &notes);
  }
  AddUnrecorded(t, &notes);
  if (t.header.hooked == "none") {
    notes.push_back(
        fmt::format("The program has its own malloc, in {}: its calls do not reach the "
                    "recorder; allocprof run --own-malloc libraries records those of "
                    "its libraries.",
                    t.header.allocator));
  } else if (t.header.hooked == "libraries") {
    notes.push_back(
        fmt::format("The program has its own malloc, in {}: recorded is what its "
                    "libraries call; what these allocate and it frees looks leaked.",
                    t.header.allocator));
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

  const ModulesInDoubt modules = FindModulesInDoubt(in.frames, &notes);
  report::ScalarGroup group{.key = "trust", .title = "How far to trust this", .scalars = {}};
  auto add = [&](std::string key, std::string title, Unit unit, report::Value value) {
    if (in.options.subject != Subject::kReport) title.clear();
    group.scalars.push_back({std::move(key), std::move(title), unit, std::move(value)});
  };
  add("events", "events recorded", Unit::kCount, r.totals.events);
  add("totals_proved", t.totals ? "end record agrees" : "", Unit::kNone, proved);
  add("from_spool", "", Unit::kNone, t.from_spool);
  add("damage", "", Unit::kCount, static_cast<uint64_t>(t.damage.size() + r.damage.size()));
  add("stacks_cut", t.stacks_cut != 0 ? "stacks cut" : "", Unit::kCount, t.stacks_cut);
  add("stacks_verified", t.stacks_verified != 0 ? "stacks checked by libunwind" : "", Unit::kCount,
      t.stacks_verified);
  add("stacks_verified_part", t.stacks_verified_part != 0 ? "  up to code without tables" : "",
      Unit::kCount, t.stacks_verified_part);
  add("stacks_different", t.stacks_verified != 0 ? "  found different" : "", Unit::kCount,
      t.stacks_different);
  add("undefined_stacks", "", Unit::kCount, in.profile.undefined_stacks);
  add("locations", "code addresses", Unit::kCount,
      static_cast<uint64_t>(in.profile.stacks.locations().size()));
  add("unresolved_locations", "  without a name", Unit::kCount, in.frames.unresolved_locations());
  const auto add_modules = [&](const char* key, const char* title,
                               const std::vector<std::string>& names) {
    add(key, "", Unit::kCount, static_cast<uint64_t>(names.size()));
    add(std::string(key) + "_names", names.empty() ? "" : title, Unit::kNone, names);
  };
  add_modules("modules_without_file", "modules without their file", modules.without_file);
  add_modules("modules_with_wrong_build_id", "modules changed since", modules.with_wrong_build_id);
  add_modules("modules_without_debug_info", "modules without debug info",
              modules.without_debug_info);
  report->groups.push_back(std::move(group));
}

}  // namespace allocprof::analysis
