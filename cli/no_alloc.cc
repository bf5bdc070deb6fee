// SPDX-License-Identifier: Apache-2.0
#include "no_alloc.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "analysis/build_report.h"
#include "base/units.h"
#include "command.h"
#include "message.h"
#include "view/text.h"

namespace allocprof::cli {
namespace {

constexpr size_t kShown = 5;

uint64_t Calls(const report::Table& table) {
  const auto column = static_cast<size_t>(report::FindColumn(table, "calls"));
  uint64_t calls = 0;
  for (const auto& row : table.rows) calls += std::get<uint64_t>(row[column]);
  return calls;
}

}  // namespace

int ShowViolations(const std::vector<RecordedTrace>& traces,
                   const std::vector<std::string>& expressions) {
  if (traces.empty()) return kExitOk;  // that nothing was recorded has been said
  analysis::ReportOptions options;
  options.subject = analysis::Subject::kBudget;
  options.no_alloc = expressions;
  for (size_t i = 1; i < traces.size(); i++) options.more_traces.push_back(traces[i].path);
  const Result<report::Report> report = analysis::BuildReport(traces.front().path, options);
  if (!report.ok()) return Fail(report.status());
  const report::Table* found = report::FindTable(report.value(), "violations");
  if (found == nullptr) return kExitOk;
  SayError(fmt::format("{} calls where nothing is to be allocated or freed, from {} stacks",
                       CountText(Calls(*found)), CountText(found->rows.size())));
  report::Report shown;
  shown.tables.push_back(*found);
  report::Table& table = shown.tables.front();
  table.rows.resize(std::min(table.rows.size(), kShown));
  table.stacks.resize(table.rows.size());
  view::WriteText(shown, {}, std::cerr);
  return kExitOver;
}

}  // namespace allocprof::cli
