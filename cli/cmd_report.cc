// SPDX-License-Identifier: Apache-2.0
//
// allocprof report TRACE: the analyses of a trace, in one of the formats.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <map>

#include "analysis/build_report.h"
#include "arguments.h"
#include "base/terminal.h"
#include "command.h"
#include "message.h"
#include "output.h"
#include "symbol_arguments.h"
#include "view/registry.h"

namespace allocprof::cli {
namespace {

struct ReportArguments {
  std::string trace;
  std::string output;
  std::string format = "text";
  std::string sort = "allocations";
  std::string table;
  std::string color = "auto";
  std::optional<uint64_t> top;
  bool plumbing = false;
  symbols::Options symbols;
};

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

void Bind(CLI::App* app, ReportArguments* to) {
  app->add_option("TRACE", to->trace, "trace file; - is standard input")
      ->required()
      ->option_text(" ");
  app->add_option("-f,--format", to->format, Listed(FormatNames()) + " [text]")
      ->check(OneOf(FormatNames()))
      ->option_text("NAME");
  app->add_option("-o,--output", to->output, "write here; - is standard output")
      ->option_text("FILE");
  app->add_option("--sort", to->sort, "order of the lists: " + Listed(analysis::SortKeys()))
      ->check(OneOf(analysis::SortKeys()))
      ->option_text("KEY");
  app->add_option("--top", to->top, "rows of each list; 0 is all. text and md: 10, else all")
      ->check(WholeNumber())
      ->option_text("N");
  app->add_option("--table", to->table, "the table for csv and md, functions unless said")
      ->option_text("KEY");
  app->footer(FormatHelp());
  app->add_flag("--plumbing", to->plumbing, "show the frames of the allocator, too");
  app->add_option("--color", to->color, "auto, always or never")
      ->check(OneOf({"auto", "always", "never"}))
      ->option_text("WHEN");
  BindSymbolOptions(app, &to->symbols);
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
  text.show_plumbing = arguments.plumbing;
  return text;
}

}  // namespace

int RunReport(const Command& command, std::vector<std::string> words) {
  ReportArguments arguments;
  CLI::App app;
  Bind(&app, &arguments);
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  const view::Format& format = *view::FindFormat(arguments.format);
  if (!arguments.table.empty() && !format.one_table) {
    SayError(fmt::format("report: --table is for csv and md; {} has every table", format.name));
    return kExitUsage;
  }

  if (const auto refused = RefuseSymbolOptions("report", arguments.symbols); refused.has_value()) {
    return *refused;
  }

  analysis::ReportOptions options;
  options.symbols = arguments.symbols;
  options.sort = arguments.sort;
  options.top = arguments.top.value_or(format.top);
  const Result<report::Report> report = analysis::BuildReport(arguments.trace, options);
  if (!report.ok()) return Fail(report.status());

  // Opened only now: a trace that cannot be read leaves an old report as it is.
  Result<std::unique_ptr<Output>> output = Output::Open(arguments.output, arguments.trace);
  if (!output.ok()) return Fail(output.status());
  view::ViewOptions view_options;
  view_options.text = TextOptionsFor(arguments, *output.value());
  if (!arguments.table.empty()) view_options.table = arguments.table;
  const Status written = format.write(report.value(), view_options, output.value()->stream());
  if (!written.ok()) return Fail(written);
  const Status closed = output.value()->Close();
  return closed.ok() ? kExitOk : Fail(closed);
}

}  // namespace allocprof::cli
