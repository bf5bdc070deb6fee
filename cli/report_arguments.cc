// SPDX-License-Identifier: Apache-2.0
#include "report_arguments.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <map>

#include "base/terminal.h"
#include "message.h"
#include "output.h"
#include "pager.h"
#include "progress.h"
#include "symbol_arguments.h"

namespace allocprof::cli {
namespace {

const std::map<std::string, analysis::Phase> kPhases = {{"before", analysis::Phase::kBeforeMain},
                                                        {"in", analysis::Phase::kMain},
                                                        {"after", analysis::Phase::kAfterMain}};

std::vector<std::string> FormatNames() {
  std::vector<std::string> names;
  for (const view::Format& format : view::Formats()) names.emplace_back(format.name);
  return names;
}

std::string FormatHelp() {
  std::string help = "Formats:\n";
  for (const view::Format& format : view::Formats()) {
    help += fmt::format("  {:<4}  {}\n", format.name, format.help);
  }
  return help;
}

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
  app->add_option("--phase", to->phase, "before, in or after main")
      ->check(OneOf({"before", "in", "after"}))
      ->option_text("PHASE")
      ->group(group);
}

view::TextOptions TextOptionsFor(const ReportArguments& arguments, const Output& output) {
  static const std::map<std::string, ColorChoice> choices = {{"auto", ColorChoice::kAuto},
                                                             {"always", ColorChoice::kAlways},
                                                             {"never", ColorChoice::kNever}};
  view::TextOptions text;
  // A file has no width; COLUMNS may still say one.
  text.width = TextWidth(output.is_terminal() ? STDOUT_FILENO : -1, std::getenv);
  text.color = UsesColor(choices.at(arguments.color), output.is_terminal(), std::getenv);
  text.utf8 = ShowsUtf8(std::getenv);
  text.show_plumbing = arguments.options.plumbing;
  return text;
}

}  // namespace

void BindReportArguments(CLI::App* app, ReportArguments* to) {
  app->add_option("TRACE", to->trace, "trace file; - is standard input")
      ->required()
      ->option_text(" ");
  app->add_option("-f,--format", to->format, Listed(FormatNames()) + " [text]")
      ->check(OneOf(FormatNames()))
      ->option_text("NAME");
  app->add_option("-o,--output", to->output, "write here; - is standard output")
      ->option_text("FILE");
  app->add_option(
         "--sort", to->options.sort,
         fmt::format("order of the lists: {} [{}]", Listed(analysis::SortKeys()), to->options.sort))
      ->check(OneOf(to->sort_keys))
      ->option_text("KEY");
  app->add_option("--top", to->top,
                  to->default_top ? "branches of each function; 0 is all [0]"
                                  : "rows of each list; 0 is all. text and md: 10, else all")
      ->check(WholeNumber())
      ->option_text("N");
  app->add_option("--min", to->min,
                  fmt::format("leave out rows with less of the sort key: 1000, 64KiB or 0.5% of "
                              "the whole{}",
                              to->min.empty() ? "" : " [" + to->min + "]"))
      ->check(Amount())
      ->option_text("AMOUNT");
  app->add_option("--suppressions", to->options.suppressions,
                  "leaks not to count, in LeakSanitizer's syntax; may be repeated")
      ->option_text("FILE")
      ->expected(1)
      ->take_all();
  app->add_option("--table", to->table,
                  fmt::format("the table for csv and md [{}]", to->default_table))
      ->option_text("KEY");
  app->add_flag("--plumbing", to->options.plumbing, "show the frames of the allocator, too");
  app->add_option("--color", to->color, "auto, always or never")
      ->check(OneOf({"auto", "always", "never"}))
      ->option_text("WHEN");
  app->add_flag("--no-pager", to->no_pager, "write to the terminal itself");
  BindFilters(app, to);
  BindSymbolOptions(app, &to->options.symbols);
  app->footer(FormatHelp());
}

int ShowReport(const Command& command, const ReportArguments& arguments) {
  const view::Format& format = *view::FindFormat(arguments.format);
  if (!arguments.table.empty() && !format.one_table) {
    SayError(fmt::format("{}: --table is for csv and md; {} has every table", command.name,
                         format.name));
    return kExitUsage;
  }
  analysis::ReportOptions options = arguments.options;
  if (const auto refused = RefuseSymbolOptions(command.name, options.symbols); refused) {
    return *refused;
  }
  options.top = arguments.top.value_or(arguments.default_top.value_or(format.top));
  if (!arguments.min.empty()) options.min = ParseThreshold(arguments.min).value();
  if (!arguments.phase.empty()) options.filters.phase = kPhases.at(arguments.phase);
  const Result<report::Report> report = [&] {
    Progress progress = TerminalProgress("reading " + arguments.trace, std::getenv);
    options.progress = [&](double share) { progress.Update(share); };
    return analysis::BuildReport(arguments.trace, options);
  }();
  if (!report.ok()) return Fail(report.status());

  // Opened only now: a trace that cannot be read leaves an old report as it is.
  Result<std::unique_ptr<Output>> output = Output::Open(arguments.output, arguments.trace);
  if (!output.ok()) return Fail(output.status());
  view::ViewOptions view_options;
  view_options.text = TextOptionsFor(arguments, *output.value());
  view_options.table = arguments.table.empty() ? arguments.default_table : arguments.table;
  // A table alone has no place for the notes.
  if (format.one_table) {
    for (const std::string& note : report.value().notes) SayWarning(note);
  }
  std::unique_ptr<Pager> pager;
  if (output.value()->is_terminal() && !arguments.no_pager && arguments.format == "text") {
    pager = Pager::Start(PagerCommand(std::getenv));
  }
  const Status written = format.write(report.value(), view_options, output.value()->stream());
  if (!written.ok()) return Fail(written);
  const Status closed = output.value()->Close();
  return closed.ok() ? kExitOk : Fail(closed);
}

}  // namespace allocprof::cli
