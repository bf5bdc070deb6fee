// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a budget and as a baseline: refused in one line with its place, or held against a
// run. A baseline that is read is written back and read again as the same.
#include <algorithm>
#include <memory>
#include <string>

#include "budget/check.h"
#include "budget/check_reports.h"

namespace {

using namespace allocprof;

budget::Run SmallRun() {
  auto report = std::make_shared<report::Report>();
  report::Table table{.key = "sites", .title = ""};
  for (const budget::Metric& metric : budget::Metrics()) {
    table.columns.push_back({metric.name, "", metric.unit});
  }
  table.rows.emplace_back(budget::kMetrics, report::Value(uint64_t{7}));
  report::Frame frame;
  frame.function = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
  frame.file = "src/a.c";
  frame.line = 3;
  table.stacks.push_back({frame});
  report->tables.push_back(std::move(table));
  return budget::Run(report);
}

void CheckOneLine(const Status& status) {
  const std::string& text = status.message();
  if (text.empty() || std::any_of(text.begin(), text.end(),
                                  [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<budget::Run> runs = {SmallRun()};
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Result<budget::Baseline> baseline = budget::ParseBaseline("a.baseline.json", text);
  if (!baseline.ok()) {
    CheckOneLine(baseline.status());
  } else {
    const std::string written = budget::BaselineText(baseline.value());
    const auto again = budget::ParseBaseline("a.baseline.json", written);
    if (!again.ok() || budget::BaselineText(again.value()) != written) __builtin_trap();
  }
  const Result<budget::BudgetFile> file = budget::ParseBudget("a.budget.json", text);
  if (!file.ok()) {
    CheckOneLine(file.status());
    return 0;
  }
  const Result<budget::Baseline> known = budget::MakeBaseline(file.value(), runs);
  if (!known.ok()) {
    CheckOneLine(known.status());
    return 0;
  }
  const Result<budget::Outcome> outcome =
      budget::Check(file.value(), &known.value(), runs, {3, "a.budget.json", "a.baseline.json"});
  if (!outcome.ok()) __builtin_trap();
  // What the baseline has is kept by every share of it.
  for (const budget::Verdict& verdict : outcome.value().verdicts) {
    if (verdict.limit->of_baseline && verdict.judgement == budget::Judgement::kBroken) {
      __builtin_trap();
    }
  }
  return 0;
}
