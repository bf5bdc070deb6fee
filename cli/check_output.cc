// SPDX-License-Identifier: Apache-2.0
#include "check_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "base/edit_distance.h"
#include "message.h"
#include "output.h"

namespace allocprof::cli {
namespace {

// GitHub drops a larger summary whole.
constexpr size_t kLargestSummary = size_t{1000} << 10;

std::string ValueOf(const EnvironmentLookup& environment, const char* name) {
  const char* value = environment(name);
  return value == nullptr ? "" : value;
}

Status WriteOne(const budget::Outcome& outcome, const budget::CheckSubject& subject,
                const CheckReport& report) {
  Result<std::unique_ptr<Output>> output = Output::Open(report.path, {});
  if (!output.ok()) return output.status();
  report.format->write(outcome, subject, output.value()->stream());
  return output.value()->CloseWhole(Status::Ok());
}

Status AppendSummary(const budget::Outcome& outcome, const budget::CheckSubject& subject,
                     const std::string& path) {
  std::ostringstream text;
  budget::WriteCheckMarkdown(outcome, subject, text);
  std::ofstream file(path, std::ios::binary | std::ios::app);
  const auto before = file ? static_cast<size_t>(std::max<std::streamoff>(0, file.tellp())) : 0;
  if (file && before + text.str().size() > kLargestSummary) return Status::Ok();
  file << text.str() << std::flush;
  if (file) return Status::Ok();
  return {ErrorCode::kUnreadable,
          fmt::format("{}: cannot be written: {}; unset GITHUB_STEP_SUMMARY or make room", path,
                      std::strerror(errno))};
}

}  // namespace

Result<std::vector<CheckReport>> ParseCheckReports(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (const budget::CheckFormat& format : budget::CheckFormats()) names.emplace_back(format.name);
  std::vector<CheckReport> reports;
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const budget::CheckFormat* format = budget::FindCheckFormat(name);
    if (format == nullptr) {
      return Status(
          ErrorCode::kUsage,
          fmt::format("--report: '{}' is no format{}; write FORMAT=FILE with one of {}", name,
                      DidYouMean(ClosestWord(name, names)), fmt::join(names, ", ")));
    }
    reports.push_back({format, equals == word.npos ? "-" : word.substr(equals + 1)});
  }
  return reports;
}

Status WriteCheckReports(const budget::Outcome& outcome, const budget::CheckSubject& subject,
                         const std::vector<CheckReport>& reports,
                         const EnvironmentLookup& environment, std::ostream& text) {
  const bool taken = &text == &std::cout &&
                     std::any_of(reports.begin(), reports.end(), [](const CheckReport& report) {
                       return report.path.empty() || report.path == "-";
                     });
  if (!taken) budget::WriteCheckText(outcome, subject, text);
  if (!taken && ValueOf(environment, "GITHUB_ACTIONS") == "true") {
    budget::WriteGitHub(outcome, subject, text);
  }
  text << std::flush;
  for (const CheckReport& report : reports) {
    if (const Status status = WriteOne(outcome, subject, report); !status.ok()) return status;
  }
  const std::string summary = ValueOf(environment, "GITHUB_STEP_SUMMARY");
  return summary.empty() ? Status::Ok() : AppendSummary(outcome, subject, summary);
}

std::vector<std::string> SourceRoots(const EnvironmentLookup& environment) {
  std::vector<std::string> roots;
  for (const char* name : {"GITHUB_WORKSPACE", "CI_PROJECT_DIR"}) {
    if (const std::string root = ValueOf(environment, name); !root.empty()) roots.push_back(root);
  }
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  for (std::filesystem::path at = here; !error; at = at.parent_path()) {
    if (std::filesystem::exists(at / ".git", error)) roots.push_back(at.string());
    if (at == at.parent_path()) break;
  }
  if (!here.empty()) roots.push_back(here.string());
  return roots;
}

}  // namespace allocprof::cli
