// SPDX-License-Identifier: Apache-2.0
//
// What process was recorded, and its totals.
#include <string_view>

#include "analysis/analysis.h"
#include "analysis/words.h"

namespace allocprof::analysis {
namespace {

using report::Unit;
using report::Value;

// Which totals a person reads beside a list on one subject.
bool Concerns(Subject subject, std::string_view total) {
  switch (subject) {
    case Subject::kReport:
    case Subject::kBudget:
      return true;
    case Subject::kTree:
    case Subject::kAdvice:
      return false;
    case Subject::kLeaks:
      return total.starts_with("leaked_") || total.starts_with("runtime_") ||
             total.starts_with("suppressed_");
    case Subject::kTimeline:
      return total.starts_with("peak_");
  }
  return true;
}

}  // namespace

void AddProcess(const Input& in, report::Report* report) {
  const trace::Trace& t = *in.profile.trace;
  const trace::Header& h = t.header;
  report::ScalarGroup group{.key = "process", .title = "Process", .scalars = {}};
  auto add = [&](std::string key, std::string title, Unit unit, Value value) {
    group.scalars.push_back({std::move(key), std::move(title), unit, std::move(value)});
  };
  add("pid", "pid", Unit::kNone, uint64_t{h.pid});
  add("exe", "program", Unit::kText, h.exe);
  add("argv", "command", Unit::kText, h.argv);
  add("start", "started", Unit::kText, IsoTime(h.real_ns));
  add("duration_s", "ran for", Unit::kSeconds, t.Seconds(t.last_stamp()));
  add("ended", "ended by", Unit::kText, std::string(EndingText(t.ending)));
  add("exit.code", "exit code", Unit::kNone,
      t.exit_status ? Value(static_cast<uint64_t>(*t.exit_status)) : Value());
  // A signal that kills leaves no word behind; who waited for the process knows it.
  add("exit.signal", "", Unit::kNone, Value());
  add("complete", "", Unit::kNone, t.complete);
  if (t.processes.size() > 1) {
    add("processes", "processes", Unit::kCount, static_cast<uint64_t>(t.processes.size()));
  }
  if (h.forked_from != 0) add("forked_from", "forked from", Unit::kNone, uint64_t{h.forked_from});
  report->groups.push_back(std::move(group));
}

void AddTotals(const Input& in, report::Report* report) {
  const model::Totals& t = in.profile.totals;
  const trace::Trace& trace = *in.profile.trace;
  uint64_t runtime_bytes = 0, runtime_blocks = 0, suppressed_bytes = 0, suppressed_blocks = 0;
  uint64_t before = 0, after = 0, lost = 0;
  for (size_t i = 0; i < in.facts.size(); i++) {
    const model::Site& site = in.profile.sites[i];
    if (in.facts[i].account() == Account::kRuntime) {
      runtime_bytes += site.leaked_bytes;
      runtime_blocks += site.leaked_blocks;
    } else if (in.facts[i].account() == Account::kSuppressed) {
      suppressed_bytes += site.leaked_bytes;
      suppressed_blocks += site.leaked_blocks;
    }
    if (in.facts[i].phase == Phase::kBeforeMain) before += site.allocations;
    if (in.facts[i].phase == Phase::kAfterMain) after += site.allocations;
  }
  for (const trace::Lost& l : trace.lost) lost += l.events;

  report::ScalarGroup group{.key = "totals", .title = "Totals", .scalars = {}};
  auto add = [&](std::string key, std::string title, Unit unit, Value value) {
    if (!Concerns(in.options.subject, key)) title.clear();
    group.scalars.push_back({std::move(key), std::move(title), unit, std::move(value)});
  };
  add("allocations", "allocations", Unit::kCount, t.allocations);
  add("allocated_bytes", "allocated", Unit::kBytes, t.allocated_bytes);
  add("frees", "frees", Unit::kCount, t.frees);
  add("reallocations", "reallocations", Unit::kCount, t.reallocations);
  add("reallocations_in_place", "  of these in place", Unit::kCount, t.reallocations_in_place);
  add("temporary_allocations", "temporary", Unit::kCount, t.temporary);
  add("peak_bytes", "peak", Unit::kBytes, t.peak_bytes);
  add("peak_blocks", "  blocks at the peak", Unit::kCount, t.peak_blocks);
  add("peak_time_s", "  time of the peak", Unit::kSeconds,
      t.peak_stamp != 0 ? trace.Seconds(t.peak_stamp) : 0.0);
  add("leaked_bytes", "leaked", Unit::kBytes, t.leaked_bytes - runtime_bytes - suppressed_bytes);
  add("leaked_blocks", "  blocks leaked", Unit::kCount,
      t.leaked_blocks - runtime_blocks - suppressed_blocks);
  add("runtime_bytes", "kept by runtimes", Unit::kBytes, runtime_bytes);
  add("runtime_blocks", "  blocks kept", Unit::kCount, runtime_blocks);
  const bool suppresses = !in.suppressions.empty();
  add("suppressed_bytes", suppresses ? "suppressed" : "", Unit::kBytes, suppressed_bytes);
  add("suppressed_blocks", suppresses ? "  blocks suppressed" : "", Unit::kCount,
      suppressed_blocks);
  add("failed_allocations", t.failed != 0 ? "failed" : "", Unit::kCount, t.failed);
  add("unknown_frees", t.unknown_frees != 0 ? "unknown frees" : "", Unit::kCount, t.unknown_frees);
  add("lost_frees", t.lost_frees != 0 ? "births without a free before" : "", Unit::kCount,
      t.lost_frees);
  add("lost_events", lost != 0 ? "lost events" : "", Unit::kCount, lost);
  add("before_main_allocations", "before main", Unit::kCount, before);
  add("after_main_allocations", "after main", Unit::kCount, after);
  add("threads", "threads", Unit::kCount, static_cast<uint64_t>(trace.threads.size()));
  add("overhead.cpu_s", "recording cost (estimate)", Unit::kSeconds, trace.RecordingSeconds());
  add("overhead.bytes", "recording memory, mapped", Unit::kBytes, trace.mapped_bytes);
  report->groups.push_back(std::move(group));
}

}  // namespace allocprof::analysis
