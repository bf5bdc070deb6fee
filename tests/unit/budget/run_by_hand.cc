// SPDX-License-Identifier: Apache-2.0
#include "run_by_hand.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace allocprof::budget {
namespace {

report::Frame FrameOf(std::string text) {
  report::Frame frame;
  frame.module = "demo";
  if (text.front() == '!') {
    frame.system = true;
    frame.module = "libc.so.6";
    text.erase(0, 1);
  }
  const size_t at = text.rfind('@'), colon = text.rfind(':');
  const bool place = at != text.npos && colon != text.npos && colon > at &&
                     colon + 1 < text.size() &&
                     text.find_first_not_of("0123456789", colon + 1) == text.npos;
  if (place) {
    frame.file = text.substr(at + 1, colon - at - 1);
    frame.line = std::stoi(text.substr(colon + 1));
    text.resize(at);
  }
  frame.function = text;
  return frame;
}

}  // namespace

Run RunByHand(const std::vector<SiteByHand>& sites, const Numbers& totals) {
  auto report = std::make_shared<report::Report>();
  report::Table table{.key = "sites", .title = ""};
  Numbers sums;
  for (const Metric& metric : Metrics()) {
    if (metric.sum == Sum::kProcess) continue;
    table.columns.push_back({metric.name, "", metric.unit});
  }
  for (const char* key : {"phase", "thread", "main_thread"}) table.columns.push_back({key, ""});
  for (const SiteByHand& site : sites) {
    std::vector<report::Value> row;
    for (const Metric& metric : Metrics()) {
      if (metric.sum == Sum::kProcess) continue;
      const auto it = site.figures.find(metric.name);
      row.emplace_back(it == site.figures.end() ? uint64_t{0} : it->second);
      if (metric.sum == Sum::kAdds) sums[metric.name] += std::get<uint64_t>(row.back());
    }
    row.emplace_back(site.phase);
    row.emplace_back(site.thread);
    row.emplace_back(site.main_thread);
    table.rows.push_back(std::move(row));
    Frames stack;
    for (const std::string& frame : site.frames) stack.push_back(FrameOf(frame));
    std::reverse(stack.begin(), stack.end());
    table.stacks.push_back(std::move(stack));
  }
  for (const auto& [key, figure] : totals) sums[key] = figure;
  report::ScalarGroup group{.key = "totals", .title = "", .scalars = {}};
  for (const auto& [key, figure] : sums) {
    group.scalars.push_back({key, "", report::Unit::kCount, figure});
  }
  report->groups.push_back(std::move(group));
  report->tables.push_back(std::move(table));
  return Run(report);
}

BudgetFile BudgetOf(const std::string& text) {
  const Result<BudgetFile> file = ParseBudget("demo.budget.json", text);
  EXPECT_TRUE(file.ok()) << file.status().message();
  return file.ok() ? file.value() : BudgetFile();
}

CheckSubject SubjectByHand() {
  CheckSubject subject;
  subject.program = "demo";
  subject.arguments = "trace.json";
  subject.roots = {"/home/me/demo"};
  subject.budget_path = "demo.budget.json";
  subject.baseline_path = "demo.baseline.json";
  subject.options = "--budget demo.budget.json ";
  subject.version = "1.2.3";
  return subject;
}

Outcome CheckOf(const BudgetFile& file, const std::vector<Run>& runs, const Baseline* baseline) {
  const Result<Outcome> outcome =
      Check(file, baseline, runs, {3, "demo.budget.json", "demo.baseline.json"});
  EXPECT_TRUE(outcome.ok()) << outcome.status().message();
  return outcome.ok() ? outcome.value() : Outcome();
}

}  // namespace allocprof::budget
