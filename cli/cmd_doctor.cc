// SPDX-License-Identifier: Apache-2.0
//
// allocprof doctor PROGRAM | TRACE: why little or nothing is recorded, and what to do about it.
#include <algorithm>
#include <optional>

#include "arguments.h"
#include "command.h"
#include "message.h"
#include "preload_library.h"
#include "program_check.h"
#include "report_output.h"
#include "run_arguments.h"
#include "trace_check.h"
#include "trial_run.h"

namespace allocprof::cli {
namespace {

using report::Unit;

struct DoctorArguments {
  std::vector<std::string> subject;  // a program and its arguments, or a trace
  ReportOutput output{.default_table = "findings"};
  bool try_it = false;
};

const char* WeightWord(Weight weight) {
  switch (weight) {
    case Weight::kStops:
      return "stops";
    case Weight::kLimits:
      return "limits";
    case Weight::kNote:
      return "note";
  }
  return "";
}

bool Stops(const Findings& findings) {
  for (const Finding& finding : findings) {
    if (finding.weight == Weight::kStops) return true;
  }
  return false;
}

report::Table FindingsTable(const Findings& findings) {
  report::Table table{.key = "findings", .title = "Findings"};
  table.prose = true;
  // The first shown column leads its paragraph.
  table.columns = {{"weight", "", Unit::kText},
                   {"rule", "", Unit::kText},
                   {"finding", "finding", Unit::kText},
                   {"evidence", "evidence", Unit::kText},
                   {"remedy", "remedy", Unit::kText}};
  for (const Finding& f : findings) {
    table.rows.push_back(
        {std::string(WeightWord(f.weight)), std::string(f.rule), f.what, f.evidence, f.remedy});
  }
  return table;
}

report::Report ReportOf(report::ScalarGroup subject, const Findings& findings,
                        const std::string& good) {
  report::Report report;
  report.schema = "allocprof.doctor/1";
  subject.scalars.push_back({"verdict", "verdict", Unit::kText,
                             Stops(findings)    ? "not recorded as it is"
                             : findings.empty() ? good
                                                : good + ", with limits"});
  subject.scalars.push_back({"recordable", "", Unit::kNone, !Stops(findings)});
  report.groups.push_back(std::move(subject));
  report.tables.push_back(FindingsTable(findings));
  return report;
}

report::Report OfProgram(const Diagnosis& d, const std::optional<TrialResult>& trial) {
  report::ScalarGroup group{.key = "program", .title = "Program", .scalars = {}};
  group.scalars.push_back({"name", "", Unit::kText, d.program});
  if (!d.files.empty()) {
    group.scalars.push_back({"file", "file", Unit::kText, d.files.front()});
    if (d.files.size() > 1) {
      group.scalars.push_back({"interpreter", "run by", Unit::kText, d.files.back()});
    }
    if (!d.kind.empty()) group.scalars.push_back({"kind", "kind", Unit::kText, d.kind});
  }
  report::Report report = ReportOf(std::move(group), d.findings, "recorded");
  if (trial.has_value()) {
    report::Table table{.key = "trial", .title = "Trial run"};
    table.columns = {{"pid", "pid", Unit::kNone},
                     {"exe", "program", Unit::kText},
                     {"hooked", "calls seen", Unit::kText},
                     {"allocations", "allocations", Unit::kCount}};
    for (const TrialProcess& p : trial->processes) {
      table.rows.push_back(
          {uint64_t{p.pid}, p.exe.substr(p.exe.rfind('/') + 1), p.hooked, p.allocations});
    }
    report.tables.push_back(std::move(table));
  }
  return report;
}

report::Report OfTrace(const trace::Trace& trace, const Findings& findings) {
  report::ScalarGroup group{.key = "program", .title = "Program", .scalars = {}};
  group.scalars.push_back({"trace", "trace", Unit::kText, trace.path});
  group.scalars.push_back({"file", "program", Unit::kText, trace.header.exe});
  return ReportOf(std::move(group), findings, "recorded");
}

}  // namespace

int RunDoctor(const Command& command, std::vector<std::string> words) {
  DoctorArguments arguments;
  CLI::App app;
  Bind(&app, &arguments.output);
  app.add_flag("--try", arguments.try_it, "run the program once, recorded into a temporary folder");
  // For help alone: it is split off below.
  std::vector<std::string> shown;
  app.add_option("SUBJECT", shown, "a program, with its arguments for --try; or a trace")
      ->option_text(" ");
  app.footer(
      app.get_footer() +
      "\nExit status: 0 recorded, 1 not recorded as it is or not found, 2 wrong arguments.\n");
  RunArguments split =
      SplitRunArguments(words, {"-f", "--format", "-o", "--output", "--table", "--color"});
  // Only a program that is to be run has options of its own.
  const bool tries = std::find(split.own.begin(), split.own.end(), "--try") != split.own.end();
  if (!tries && split.command.size() > 1) {
    split.own.insert(split.own.end(), split.command.begin() + 1, split.command.end());
    split.command.resize(1);
  }
  if (const auto done = Parse(command, &app, split.own); done.has_value()) return *done;
  if (split.command.empty()) {
    SayError("doctor: no program and no trace; see 'allocprof doctor --help'");
    return kExitUsage;
  }
  arguments.subject = std::move(split.command);
  if (const int wrong = Check(arguments.output, "doctor"); wrong != kExitOk) return wrong;

  const std::string& subject = arguments.subject.front();
  if (LooksRecorded(subject)) {
    const Result<trace::Trace> trace = trace::Load(subject);
    if (!trace.ok()) return Fail(trace.status());
    const Findings findings = CheckTrace(trace.value());
    const int written = Write(OfTrace(trace.value(), findings), arguments.output, {subject});
    return written != kExitOk ? written : Stops(findings) ? kExitFailed : kExitOk;
  }

  const Result<std::string> library = FindPreloadLibrary();
  if (!library.ok()) return Fail(library.status());
  Diagnosis diagnosis = DiagnoseProgram(subject, library.value());
  std::optional<TrialResult> trial;
  if (arguments.try_it) {
    Result<TrialResult> tried = TryRun(arguments.subject, library.value());
    if (!tried.ok()) return Fail(tried.status());
    AddTrialFindings(tried.value(), &diagnosis.findings);
    trial = std::move(tried.value());
  }
  const int written = Write(OfProgram(diagnosis, trial), arguments.output, {});
  return written != kExitOk ? written : Stops(diagnosis.findings) ? kExitFailed : kExitOk;
}

}  // namespace allocprof::cli
