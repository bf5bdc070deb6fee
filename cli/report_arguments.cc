// SPDX-License-Identifier: Apache-2.0
#include "report_arguments.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>

#include "message.h"
#include "progress.h"
#include "symbol_arguments.h"

namespace allocprof::cli {
namespace {

const std::map<std::string, analysis::Phase> kPhases = {{"before", analysis::Phase::kBeforeMain},
                                                        {"in", analysis::Phase::kMain},
                                                        {"after", analysis::Phase::kAfterMain}};

CLI::Validator Amount() {
  return CLI::Validator([](std::string& value) { return ParseThreshold(value).status().message(); },
                        "");
}

void BindFilters(CLI::App* app, ReportArguments* to) {
  analysis::Filters& filters = to->options.filters;
  const std::string group = "Filters (all must hold; of one given twice, either)";
  auto pattern = [&](const char* name, std::vector<std::string>* patterns, const char* help,
                     const char* text) {
    app->add_option(name, *patterns, help)
        ->option_text(text)
        ->expected(1)
        ->take_all()
        ->group(group);
  };
  pattern("--function", &filters.functions, "stacks with a function whose name this finds",
          "REGEX");
  pattern("--file", &filters.files, "stacks with a frame in such a source file", "GLOB");
  pattern("--module", &filters.modules, "stacks with a frame in such a program or library", "GLOB");
  pattern("--thread", &filters.threads, "what threads of such a name or id allocate", "GLOB");
  pattern("--region", &filters.regions, "what is allocated in a region whose name this finds",
          "REGEX");
  app->add_option("--phase", to->phase, "before, in or after main")
      ->check(OneOf({"before", "in", "after"}))
      ->option_text("PHASE")
      ->group(group);
}

void BindTimes(CLI::App* app, ReportArguments* to) {
  const std::string group = "Time (12.5, 250ms, 40%, start, end or the name of a mark)";
  auto time = [&](const char* name, std::string* text, const char* help) {
    app->add_option(name, *text, help)->option_text("TIME")->group(group);
  };
  time("--from", &to->options.from, "count what happens from then on");
  time("--to", &to->options.to, "count what happens until then");
  time("--at", &to->options.at, "also say who held the memory then; or at the peak: peak");
}

void BindSort(CLI::App* app, ReportArguments* to) {
  app->add_option(
         "--sort", to->options.sort,
         fmt::format("order of the lists: {} [{}]", Listed(analysis::SortKeys()), to->options.sort))
      ->check(OneOf(to->sort_keys))
      ->option_text("KEY");
  app->add_option("--min", to->min,
                  fmt::format("leave out rows with less of the sort key: 1000, 64KiB or 0.5% of "
                              "the whole{}",
                              to->min.empty() ? "" : " [" + to->min + "]"))
      ->check(Amount())
      ->option_text("AMOUNT");
}

}  // namespace

void BindReportArguments(CLI::App* app, ReportArguments* to) {
  app->add_option("TRACE", to->traces, "trace file; - is standard input; several read as one")
      ->required()
      ->option_text(" ");
  app->add_flag("--tree", to->options.tree, "with all processes that the recorded one has started");
  Bind(app, &to->output);
  app->add_option("--top", to->top,
                  to->default_top ? "branches of each function; 0 is all [0]"
                                  : "rows of each list; 0 is all. text and md: 10, else all")
      ->check(WholeNumber())
      ->option_text("N");
  if (!to->sort_keys.empty()) BindSort(app, to);
  app->add_option("--suppressions", to->options.suppressions,
                  "leaks not to count, in LeakSanitizer's syntax; may be repeated")
      ->option_text("FILE")
      ->expected(1)
      ->take_all();
  app->add_flag("--plumbing", to->options.plumbing, "show the frames of the allocator, too");
  BindFilters(app, to);
  BindTimes(app, to);
  BindSymbolOptions(app, &to->options.symbols);
}

int ShowReport(const Command& command, const ReportArguments& arguments) {
  if (const int wrong = Check(arguments.output, command.name); wrong != kExitOk) return wrong;
  analysis::ReportOptions options = arguments.options;
  if (const auto refused = RefuseSymbolOptions(command.name, options.symbols); refused) {
    return *refused;
  }
  options.more_traces.assign(arguments.traces.begin() + 1, arguments.traces.end());
  options.top = arguments.top.value_or(
      arguments.default_top.value_or(view::FindFormat(arguments.output.format)->top));
  // Text has no room for the column, and people wait for it.
  options.own_peaks = arguments.output.format != "text";
  if (!arguments.min.empty()) options.min = ParseThreshold(arguments.min).value();
  if (!arguments.phase.empty()) options.filters.phase = kPhases.at(arguments.phase);
  const Result<report::Report> report = [&] {
    Progress progress = TerminalProgress("reading " + arguments.traces.front(), std::getenv);
    options.progress = [&](double share) { progress.Update(share); };
    return analysis::BuildReport(arguments.traces.front(), options);
  }();
  if (!report.ok()) return Fail(report.status());

  ReportOutput output = arguments.output;
  output.plumbing = options.plumbing;
  return Write(report.value(), output, arguments.traces);
}

}  // namespace allocprof::cli
