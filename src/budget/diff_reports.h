// SPDX-License-Identifier: Apache-2.0
//
// A comparison as text, JSON and Markdown: one row each. The same sentence and figures in all.
//
// Names are on one line and escaped. No errors but those of the stream. Thread-safety: pure.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "budget/diff.h"
#include "budget/verdict_text.h"

namespace allocprof::budget {

struct DiffSubject {
  Diff diff;
  std::string before, after;  // traces
  std::vector<std::string> roots;
  std::vector<FailRule> failed;  // of those that were asked for
  std::vector<LimitChange> limits;
  size_t top = 10;  // stacks of each list; 0: all
};

struct DiffFormat {
  const char* name;
  void (*write)(const DiffSubject&, std::ostream&);
};

const std::vector<DiffFormat>& DiffFormats();
const DiffFormat* FindDiffFormat(const std::string& name);

void WriteDiffText(const DiffSubject&, std::ostream&);
void WriteDiffJson(const DiffSubject&, std::ostream&);
void WriteDiffMarkdown(const DiffSubject&, std::ostream&);

// What a reviewer needs: "400 allocations more (+36.3 %: 1,102 -> 1,502), most of it in parse
// (src/f.cc:7)."
std::string DiffSentence(const DiffSubject& subject);
// "allocations>+0: 400 allocations more".
std::string FailureText(const FailRule& rule, const Diff& diff);
// Metrics worth a row: the five that lists are sorted by, and those that changed.
std::vector<size_t> ShownMetrics(const Diff& diff);
// "parse src/f.cc:7 < main src/main.cc:3".
std::string DiffStack(const StackChange& stack, const DiffSubject& subject);
// "3 stacks, +40 allocations".
std::string SumText(const std::vector<const StackChange*>& stacks, const Metric& metric);
std::string SignedText(int64_t change);

}  // namespace allocprof::budget
