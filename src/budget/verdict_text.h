// SPDX-License-Identifier: Apache-2.0
//
// A verdict in words: the sentence, the place and the command that every report of a check shows,
// so that all of them say the same.
//
// Everything is on one line and harmless: names of symbols and files are an ELF file's bytes.
// Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "budget/check.h"

namespace allocprof::budget {

// What was checked, as the reports tell it.
struct CheckSubject {
  std::string program;             // "sqlite3"
  std::string arguments;           // "trace.json", or "-- ./app --fast": for commands to repeat
  std::vector<std::string> roots;  // folders that source paths are shown relative to
  std::string budget_path;
  std::string baseline_path;
  std::string options;             // "--budget x.json ", that the command to accept a figure needs
  std::string version;             // of allocprof
  std::vector<std::string> notes;  // how far to trust the traces
};

struct Place {
  std::string file;  // relative to a root, or absolute; the budget file if no source is known
  int line = 0;      // 0: not known
  std::string function;
  bool source = false;  // the file is one
};

// Printable, and no command to a CI runner that reads the output: "::" does not begin it, and
// "##[" is not in it.
std::string OneLine(std::string_view text);

std::string RelativePath(const std::string& path, const std::vector<std::string>& roots);

// Where the most to blame allocates.
Place PlaceOf(const Verdict& verdict, const CheckSubject& subject);
Place PlaceOf(const Frames& stack, const CheckSubject& subject);
// "src/f.cc:7", or the module.
std::string PlaceText(const Verdict& verdict, const CheckSubject& subject);

// "max 1,000", "max 1,050 (5 % above 1,000)".
std::string LimitText(const Verdict& verdict);
// "1,240 allocations > 1,000 (+24.0 %; baseline 990)"; "980 allocations, max 1,000".
std::string Sentence(const Verdict& verdict);
// "900 allocations, NEW", "900 allocations (+240)".
std::string CulpritFigure(const Verdict& verdict, const Culprit& culprit);
// "parse src/f.cc:7 < load src/f.cc:20 < main src/main.cc:3".
std::string CulpritStack(const Frames& stack, const CheckSubject& subject);
// The same, and how much each line of the innermost function has.
std::string CulpritStack(const Culprit& culprit, const CheckSubject& subject);
// What makes a broken limit, or a stale baseline, right: a command, or the line to change.
std::string Remedy(const Verdict& verdict, const CheckSubject& subject);
// "2 of 7 limits broken: sqlite3 …"
std::string SummaryText(const Outcome& outcome, const CheckSubject& subject);
// "12 to 14 allocations from run to run"
std::string UnstableText(const UnstableStack& stack);

// The same for the same stack and limit in each run: no figure and no line is in it.
std::string Fingerprint(const Verdict& verdict);

}  // namespace allocprof::budget
