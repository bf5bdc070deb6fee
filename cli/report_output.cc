// SPDX-License-Identifier: Apache-2.0
#include "report_output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <map>

#include "arguments.h"
#include "base/terminal.h"
#include "command.h"
#include "message.h"
#include "output.h"
#include "pager.h"

namespace allocprof::cli {
namespace {

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

view::TextOptions TextOptionsFor(const ReportOutput& to, const Output& output) {
  static const std::map<std::string, ColorChoice> choices = {{"auto", ColorChoice::kAuto},
                                                             {"always", ColorChoice::kAlways},
                                                             {"never", ColorChoice::kNever}};
  view::TextOptions text;
  // A file has no width; COLUMNS may still say one.
  text.width = TextWidth(output.is_terminal() ? STDOUT_FILENO : -1, std::getenv);
  text.color = UsesColor(choices.at(to.color), output.is_terminal(), std::getenv);
  text.utf8 = ShowsUtf8(std::getenv);
  text.show_plumbing = to.plumbing;
  text.long_advice = to.long_advice;
  return text;
}

}  // namespace

void Bind(CLI::App* app, ReportOutput* to) {
  app->add_option("-f,--format", to->format, Listed(FormatNames()) + " [text]")
      ->check(OneOf(FormatNames()))
      ->option_text("NAME");
  app->add_option("-o,--output", to->file, "write here; - is standard output")->option_text("FILE");
  app->add_option("--table", to->table,
                  fmt::format("the table for csv and md [{}]", to->default_table))
      ->option_text("KEY");
  app->add_option("--color", to->color, "auto, always or never")
      ->check(OneOf({"auto", "always", "never"}))
      ->option_text("WHEN");
  app->add_flag("--no-pager", to->no_pager, "write to the terminal itself");
  app->footer(FormatHelp());
}

int Check(const ReportOutput& to, const std::string& command) {
  const view::Format& format = *view::FindFormat(to.format);
  if (to.table.empty() || format.one_table) return kExitOk;
  SayError(fmt::format("{}: --table is for csv and md; {} has every table", command, format.name));
  return kExitUsage;
}

int Write(const report::Report& report, const ReportOutput& to,
          const std::vector<std::string>& inputs) {
  // Opened only now: a trace that cannot be read leaves an old report as it is.
  Result<std::unique_ptr<Output>> output = Output::Open(to.file, inputs);
  if (!output.ok()) return Fail(output.status());
  view::ViewOptions options;
  options.text = TextOptionsFor(to, *output.value());
  options.table = to.table.empty() ? to.default_table : to.table;
  const view::Format& format = *view::FindFormat(to.format);
  // A table alone has no place for the notes.
  if (format.one_table) {
    for (const std::string& note : report.notes) SayWarning(note);
  }
  std::unique_ptr<Pager> pager;
  if (output.value()->is_terminal() && !to.no_pager && to.format == "text") {
    pager = Pager::Start(PagerCommand(std::getenv));
  }
  const Status written = format.write(report, options, output.value()->stream());
  if (!written.ok()) return Fail(written);
  const Status closed = output.value()->Close();
  return closed.ok() ? kExitOk : Fail(closed);
}

}  // namespace allocprof::cli
