// SPDX-License-Identifier: Apache-2.0
#include "analysis/build_report.h"

#include <memory>

#include "analysis/analysis.h"
#include "analysis/runtime_blocks.h"
#include "analysis/symbolized_trace.h"
#include "symbols/code_flow.h"

namespace allocprof::analysis {

namespace {

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
  symbols::Symbolizer symbolizer(options.symbols);
  symbols::CodeFlow code(options.symbols);
  symbols::RememberedFlow flow(&code);
  EmbedSymbols(*trace, &symbolizer, &flow);
  model::Profile profile = model::BuildProfile(
      trace, {.code = &flow,
              .split = {.thread = options.filters.any() || options.group_by == "thread",
                        .size = options.group_by == "size"},
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
  const Input input{profile,   frames,  facts, options, suppressions.value(),
                    selection, children};
  for (const Analysis& a : Registry()) {
    if ((a.subjects & static_cast<uint8_t>(options.subject)) != 0) a.run(input, &report);
  }
  return report;
}

}  // namespace allocprof::analysis
