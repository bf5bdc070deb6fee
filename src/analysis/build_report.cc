// SPDX-License-Identifier: Apache-2.0
#include "analysis/build_report.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "analysis/analysis.h"
#include "analysis/runtime_blocks.h"
#include "analysis/symbolized_trace.h"
#include "analysis/time_point.h"
#include "symbols/code_flow.h"

namespace allocprof::analysis {
namespace {

struct Times {
  model::Window window;
  std::optional<uint64_t> at;
};

Result<Times> TimesOf(const ReportOptions& options, const trace::Trace& trace) {
  Times times;
  const struct {
    const char* option;
    const std::string& text;
    uint64_t* stamp;
  } kEnds[] = {{"--from", options.from, &times.window.from},
               {"--to", options.to, &times.window.to}};
  for (const auto& end : kEnds) {
    if (end.text.empty()) continue;
    const Result<uint64_t> stamp = ParseTimePoint(end.option, end.text, trace);
    if (!stamp.ok()) return stamp.status();
    *end.stamp = stamp.value();
  }
  if (times.window.from > times.window.to) {
    return Status(ErrorCode::kUsage,
                  "--from " + options.from + " is later than --to " + options.to);
  }
  if (options.at.empty() || options.at == "peak" || options.at == "end") return times;
  const Result<uint64_t> at = ParseTimePoint("--at", options.at, trace);
  if (!at.ok()) return at.status();
  if (at.value() < times.window.from || at.value() > times.window.to) {
    return Status(ErrorCode::kUsage, "--at " + options.at + " is outside of --from and --to");
  }
  times.at = at.value();
  return times;
}

// A second or two of reading.
constexpr uint64_t kMostBytesForChildren = uint64_t{256} << 20;

std::vector<std::string> AllTraces(const std::string& first, const ReportOptions& options) {
  std::vector<std::string> paths = {first};
  paths.insert(paths.end(), options.more_traces.begin(), options.more_traces.end());
  return paths;
}

}  // namespace

Result<report::Report> BuildReport(const std::string& trace_path, const ReportOptions& options) {
  // What the user wrote is judged before a long trace is read.
  const Result<std::vector<Suppression>> suppressions = ReadSuppressions(options.suppressions);
  if (!suppressions.ok()) return suppressions.status();
  if (const Status status = CheckFilters(options.filters); !status.ok()) return status;
  if (const Status status = CheckExpressions("--no-alloc", options.no_alloc); !status.ok()) {
    return status;
  }
  std::vector<std::string> paths;
  for (const std::string& path : AllTraces(trace_path, options)) {
    if (!options.tree) {
      paths.push_back(path);
      continue;
    }
    for (std::string& below : trace::TreeOf(path)) paths.push_back(std::move(below));
  }
  Result<trace::Trace> loaded = trace::Load(paths);
  if (!loaded.ok()) return loaded.status();
  const auto trace = std::make_shared<const trace::Trace>(std::move(loaded.value()));
  const Result<Times> times = TimesOf(options, *trace);
  if (!times.ok()) return times.status();
  symbols::Symbolizer symbolizer(options.symbols);
  symbols::CodeFlow code(options.symbols);
  symbols::RememberedFlow flow(&code);
  EmbedSymbols(*trace, &symbolizer, &flow);
  model::Profile profile = model::BuildProfile(
      trace, {.window = times.value().window,
              .at = times.value().at,
              .code = &flow,
              .split = {.thread = options.filters.any() || options.by_thread ||
                                  options.group_by == "thread",
                        .size = options.group_by == "size",
                        .region = !options.filters.regions.empty() || options.by_region ||
                                  options.group_by == "region"},
              .frees = !options.no_alloc.empty(),
              .progress = options.progress});
  const Frames frames(profile, &symbolizer);

  std::vector<SiteFacts> facts(profile.sites.size());
  const PhaseFinder phases(profile, frames);
  const SuppressedSites suppressed(suppressions.value(), profile, frames);
  for (size_t i = 0; i < facts.size(); i++) {
    facts[i].call_site = frames.CallSite(profile.sites[i].node);
    facts[i].phase = phases.Of(profile.sites[i].node);
    facts[i].suppression = suppressed.Of(profile.sites[i]);
    facts[i].runtime =
        facts[i].suppression == kNotSuppressed && IsRuntimeSite(profile, frames, profile.sites[i]);
    facts[i].owners = OwnersOf(profile, frames, static_cast<uint32_t>(i));
  }
  const Selection selection = Select(options.filters, frames, &facts, &profile);
  report::Report report;
  const bool alone = trace->processes.size() == 1 && options.subject == Subject::kReport;
  const std::vector<Child> children =
      alone ? FindChildren(trace_path, kMostBytesForChildren) : std::vector<Child>();
  const Input input{profile, frames, facts, options, suppressions.value(), selection, children};
  for (const Analysis& a : Registry()) {
    if ((a.subjects & static_cast<uint8_t>(options.subject)) != 0) a.run(input, &report);
  }
  return report;
}

}  // namespace allocprof::analysis
