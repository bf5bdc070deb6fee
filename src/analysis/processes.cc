// SPDX-License-Identifier: Apache-2.0
#include "analysis/processes.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "analysis/analysis.h"
#include "analysis/words.h"
#include "model/process_totals.h"
#include "trace/process_tree.h"

namespace allocprof::analysis {
namespace {

using report::Unit;
using report::Value;

constexpr size_t kLongestCommand = 160;

// The program's base name and its arguments, as much as a list can show.
std::string CommandOf(const trace::Header& h) {
  std::string command = h.exe.substr(h.exe.rfind('/') + 1);
  for (size_t i = 1; i < h.argv.size() && command.size() < kLongestCommand; i++) {
    command += " " + h.argv[i];
  }
  if (command.size() <= kLongestCommand) return command;
  size_t end = kLongestCommand;
  while (end > 0 && (static_cast<unsigned char>(command[end]) & 0xc0) == 0x80) end--;
  return command.substr(0, end) + "...";
}

Value Status(const std::optional<int>& status) {
  return status ? Value(static_cast<uint64_t>(*status)) : Value();
}

Value OrNull(const std::optional<uint64_t>& number) { return number ? Value(*number) : Value(); }

// Keeps the `top` rows with the most allocations, and those that they stand below.
void CutTree(report::Table* table, uint64_t top, const std::vector<bool>& additive) {
  const auto level = static_cast<size_t>(report::FindColumn(*table, "level"));
  const auto sort = static_cast<size_t>(report::FindColumn(*table, "allocations"));
  const size_t rows = table->rows.size();
  if (top == 0 || rows <= top) return;
  const auto number = [&](size_t row, size_t column) {
    const auto* n = std::get_if<uint64_t>(&table->rows[row][column]);
    return n != nullptr ? *n : 0;
  };
  std::vector<size_t> order(rows);
  for (size_t i = 0; i < rows; i++) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return number(a, sort) > number(b, sort); });
  std::vector<bool> kept(rows, false);
  for (size_t i = 0; i < top; i++) kept[order[i]] = true;
  uint64_t wanted = 0;  // the level that the row next kept hangs from
  for (size_t i = rows; i-- > 0;) {
    const uint64_t own = number(i, level);
    if (own < wanted) kept[i] = true;
    if (kept[i]) wanted = own;
  }
  std::vector<std::vector<Value>> left;
  table->omitted.assign(table->columns.size(), Value());
  for (size_t c = 0; c < additive.size(); c++) {
    if (additive[c]) table->omitted[c] = uint64_t{0};
  }
  for (size_t i = 0; i < rows; i++) {
    if (kept[i]) {
      left.push_back(std::move(table->rows[i]));
      continue;
    }
    table->omitted_rows++;
    for (size_t c = 0; c < additive.size(); c++) {
      if (additive[c]) table->omitted[c] = std::get<uint64_t>(table->omitted[c]) + number(i, c);
    }
  }
  table->rows = std::move(left);
}

void ReplayChild(Child* child) {
  Result<trace::Trace> loaded = trace::Load(child->process.ends.path);
  if (!loaded.ok()) return;
  const model::Totals totals = model::ReplayTotals(loaded.value());
  child->allocations = totals.allocations;
  child->allocated_bytes = totals.allocated_bytes;
  child->peak_bytes = totals.peak_bytes;
  child->end_bytes = totals.leaked_bytes;
}

model::ProcessTotals OfTheOnly(const model::Profile& profile) {
  const model::Totals& t = profile.totals;
  model::ProcessTotals only;
  only.allocations = t.allocations;
  only.allocated_bytes = t.allocated_bytes;
  only.frees = t.frees;
  only.temporary = t.temporary;
  only.peak_bytes = only.own_peak_bytes = t.peak_bytes;
  only.leaked_bytes = t.leaked_bytes;
  only.leaked_blocks = t.leaked_blocks;
  for (size_t i = 0; i < profile.sites.size(); i++) {
    only.leaked_by_site[static_cast<uint32_t>(i)] = profile.sites[i].leaked_bytes;
  }
  return only;
}

// Of a selection: sites are told apart by thread then. Who frees, and what a process held at
// another time than the peak, is not told of sites.
std::vector<model::ProcessTotals> OfSelection(const model::Profile& profile) {
  std::vector<uint32_t> process_of;
  for (const trace::Chunk& c : profile.trace->chunks) {
    if (c.thread >= process_of.size()) process_of.resize(size_t{c.thread} + 1);
    process_of[c.thread] = c.process;
  }
  std::vector<model::ProcessTotals> processes(profile.trace->processes.size());
  for (size_t i = 0; i < profile.sites.size(); i++) {
    const model::Site& s = profile.sites[i];
    if (s.thread >= profile.threads.size()) continue;
    model::ProcessTotals& p = processes[process_of[profile.threads[s.thread].id]];
    p.allocations += s.allocations;
    p.allocated_bytes += s.allocated_bytes;
    p.temporary += s.temporary;
    p.peak_bytes += s.peak_bytes;
    p.leaked_bytes += s.leaked_bytes;
    p.leaked_blocks += s.leaked_blocks;
    p.leaked_by_site[static_cast<uint32_t>(i)] = s.leaked_bytes;
  }
  return processes;
}

}  // namespace

std::vector<Child> FindChildren(const std::string& trace_path, uint64_t most_bytes) {
  std::vector<Child> children;
  for (trace::Descendant& d : trace::FindDescendants(trace_path)) {
    Child child;
    if (d.ends.totals) {
      child.allocations = d.ends.totals->allocations;
      child.allocated_bytes = d.ends.totals->allocated_bytes;
    }
    child.process = std::move(d);
    children.push_back(std::move(child));
  }
  size_t replayed = 0;
  for (uint64_t bytes = 0; replayed < children.size(); replayed++) {
    bytes += children[replayed].process.ends.text_bytes;
    if (bytes > most_bytes) break;
  }
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < replayed; i = next++) ReplayChild(&children[i]);
  };
  std::vector<std::thread> workers;
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  while (workers.size() + 1 < std::min(cores, replayed)) workers.emplace_back(work);
  work();
  for (std::thread& worker : workers) worker.join();
  return children;
}

void AddChildren(const Input& in, report::Report* report) {
  report::Table table{.key = "children", .title = "Child processes (--tree sums them)"};
  table.columns = {{"command", "process", Unit::kText},
                   {"level", "", Unit::kLevel},
                   {"pid", "pid", Unit::kNone},
                   {"ppid", "", Unit::kNone},
                   {"allocations", "allocations", Unit::kCount},
                   {"allocated_bytes", "allocated", Unit::kBytes},
                   {"peak_bytes", "own peak", Unit::kBytes},
                   {"end_bytes", "live at end", Unit::kBytes},
                   {"ended", "ended by", Unit::kText},
                   {"exit_code", "status", Unit::kNone},
                   {"trace", "", Unit::kText}};
  uint64_t unread = 0;
  for (const Child& child : in.children) {
    const trace::Ends& e = child.process.ends;
    if (!child.peak_bytes) unread++;
    table.rows.push_back({CommandOf(e.header), uint64_t{child.process.level},
                          uint64_t{e.header.pid}, uint64_t{e.header.ppid},
                          OrNull(child.allocations), OrNull(child.allocated_bytes),
                          OrNull(child.peak_bytes), OrNull(child.end_bytes),
                          std::string(EndingText(e.ending)), Status(e.exit_status), e.path});
  }
  CutTree(&table, in.options.top, {false, false, false, false, true, true, false, true});
  if (unread != 0) {
    report->notes.push_back(std::to_string(unread) +
                            " child processes were not replayed for the list alone: --tree does.");
  }
  report->tables.push_back(std::move(table));
}

void AddProcesses(const Input& in, report::Report* report) {
  const std::vector<trace::Process>& processes = in.profile.trace->processes;
  const auto* observed = in.profile.Find<model::ProcessTotalsObserver>();
  const bool filtered = observed != nullptr && !in.selection.filters.empty();
  const std::vector<model::ProcessTotals> totals = observed == nullptr
                                                       ? std::vector{OfTheOnly(in.profile)}
                                                   : filtered ? OfSelection(in.profile)
                                                              : observed->processes();
  report::Table table{.key = "processes", .title = "Processes"};
  table.columns = {{"command", "process", Unit::kText},
                   {"level", "", Unit::kLevel},
                   {"pid", "pid", Unit::kNone},
                   {"ppid", "", Unit::kNone},
                   {"start_s", "", Unit::kSeconds},
                   {"allocations", "allocations", Unit::kCount},
                   {"allocated_bytes", "allocated", Unit::kBytes},
                   {"frees", "", Unit::kCount},
                   {"temporary_allocations", "", Unit::kCount},
                   {"own_peak_bytes", "own peak", Unit::kBytes},
                   {"peak_bytes", "at the peak", Unit::kBytes},
                   {"leaked_bytes", "leaked", Unit::kBytes},
                   {"runtime_bytes", "", Unit::kBytes},
                   {"suppressed_bytes", "", Unit::kBytes},
                   {"ended", "ended by", Unit::kText},
                   {"exit_code", "status", Unit::kNone},
                   {"trace", "", Unit::kText}};
  if (observed != nullptr) {
    report->notes.push_back(
        "What a process has not freed when it ends is leaked, and live no more: the peak and the "
        "timeline are those of the processes that ran at a time.");
  }
  std::vector<const trace::Header*> headers;
  for (const trace::Process& p : processes) headers.push_back(&p.header);
  for (const trace::TreePlace& place : trace::ArrangeProcesses(headers)) {
    const trace::Process& p = processes[place.index];
    const model::ProcessTotals& t = totals[place.index];
    uint64_t leaked = 0, runtime = 0, suppressed = 0;
    for (const auto& [site, bytes] : t.leaked_by_site) {
      const Account account = in.facts[site].account();
      (account == Account::kLeaked    ? leaked
       : account == Account::kRuntime ? runtime
                                      : suppressed) += bytes;
    }
    table.rows.push_back({CommandOf(p.header), uint64_t{place.level}, uint64_t{p.header.pid},
                          uint64_t{p.header.ppid}, in.profile.trace->Seconds(p.start_stamp),
                          t.allocations, t.allocated_bytes, filtered ? Value() : Value(t.frees),
                          t.temporary, filtered ? Value() : Value(t.own_peak_bytes), t.peak_bytes,
                          leaked, runtime, suppressed, std::string(EndingText(p.ending)),
                          Status(p.exit_status),
                          observed != nullptr ? report::Value(p.path) : report::Value()});
  }
  // The totals say it all of one; it is a row for those who read the table.
  if (observed == nullptr) {
    for (report::Column& column : table.columns) column.title.clear();
  }
  CutTree(
      &table, in.options.top,
      {false, false, false, false, false, true, true, true, true, false, true, true, true, true});
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
