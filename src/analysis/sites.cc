// SPDX-License-Identifier: Apache-2.0
//
// Every site with all its figures, neither ranked nor cut: what budgets and comparisons add up.
// Additive columns sum to the totals. A site that only frees is left out: its frees are counted
// with the blocks that they end.
#include "analysis/analysis.h"

namespace allocprof::analysis {
namespace {

using report::Unit;
using report::Value;

struct ThreadName {
  std::string name;
  bool main = false;
};

std::vector<ThreadName> ThreadNames(const model::Profile& profile) {
  std::vector<ThreadName> names(profile.threads.size());
  for (size_t i = 0; i < names.size(); i++) {
    for (const trace::Thread& t : profile.trace->threads) {
      if (t.id != profile.threads[i].id) continue;
      const auto& processes = profile.trace->processes;
      names[i] = {t.name, t.process < processes.size() && processes[t.process].header.pid == t.tid};
    }
  }
  return names;
}

Value RegionsOf(const model::Profile& profile, uint32_t path) {
  std::vector<std::string> names;
  for (const uint32_t region : profile.regions.Chain(path)) {
    names.push_back(profile.regions.names[region]);
  }
  return names;
}

void AddColumns(report::Table* table) {
  const auto count = [&](const char* key) { table->columns.push_back({key, "", Unit::kCount}); };
  const auto bytes = [&](const char* key) { table->columns.push_back({key, "", Unit::kBytes}); };
  const auto text = [&](const char* key) { table->columns.push_back({key, "", Unit::kText}); };
  count("allocations");
  count("frees");
  count("reallocations");
  count("reallocations_in_place");
  bytes("allocated_bytes");
  bytes("peak_bytes");
  count("peak_blocks");
  bytes("leaked_bytes");
  count("leaked_blocks");
  bytes("runtime_bytes");
  count("runtime_blocks");
  bytes("suppressed_bytes");
  count("suppressed_blocks");
  count("temporary_allocations");
  count("failed_allocations");
  count("cross_thread_frees");
  count("contained_allocations");
  bytes("contained_bytes");
  count("before_main_allocations");
  count("after_main_allocations");
  bytes("size_max");
  bytes("stack_depth_max");
  text("phase");
  text("thread");  // null unless sites are told apart by thread
  table->columns.push_back({"main_thread", "", Unit::kNone});
  text("regions");  // around it, outermost first; null unless sites are told apart by region
}

}  // namespace

void AddSites(const Input& in, report::Report* report) {
  report::Table table{.key = "sites", .title = ""};
  AddColumns(&table);
  const std::vector<ThreadName> threads = ThreadNames(in.profile);
  const bool owners = OwnersKnown(in.profile);
  for (size_t i = 0; i < in.profile.sites.size(); i++) {
    const model::Site& s = in.profile.sites[i];
    const SiteFacts& fact = in.facts[i];
    if (s.allocations == 0 && s.failed == 0 && s.peak_blocks == 0) continue;
    const auto ends_in = [&](Account account, uint64_t figure) -> Value {
      return fact.account() == account ? figure : uint64_t{0};
    };
    const auto born_in = [&](Phase phase) -> Value {
      return fact.phase == phase ? s.allocations : uint64_t{0};
    };
    const auto owned = [&](uint64_t n) { return owners ? Value(n) : Value(); };
    const ThreadName* thread = s.thread < threads.size() ? &threads[s.thread] : nullptr;
    table.rows.push_back({s.allocations,
                          s.freed,
                          s.reallocations,
                          s.reallocations_in_place,
                          s.allocated_bytes,
                          s.peak_bytes,
                          s.peak_blocks,
                          ends_in(Account::kLeaked, s.leaked_bytes),
                          ends_in(Account::kLeaked, s.leaked_blocks),
                          ends_in(Account::kRuntime, s.leaked_bytes),
                          ends_in(Account::kRuntime, s.leaked_blocks),
                          ends_in(Account::kSuppressed, s.leaked_bytes),
                          ends_in(Account::kSuppressed, s.leaked_blocks),
                          s.temporary,
                          s.failed,
                          s.cross_thread_frees,
                          owned(fact.owners.contained().blocks),
                          owned(fact.owners.contained().bytes),
                          born_in(Phase::kBeforeMain),
                          born_in(Phase::kAfterMain),
                          s.size_max,
                          in.profile.stacks.nodes()[s.node].depth_max,
                          std::string(PhaseName(fact.phase)),
                          thread != nullptr ? Value(thread->name) : Value(),
                          thread != nullptr ? Value(thread->main) : Value(),
                          in.profile.split.region ? RegionsOf(in.profile, s.region) : Value()});
    table.stacks.push_back(in.frames.Show(s.node));
  }
  report->tables.push_back(std::move(table));
}

}  // namespace allocprof::analysis
