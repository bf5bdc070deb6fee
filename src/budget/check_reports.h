// SPDX-License-Identifier: Apache-2.0
//
// The formats of a check: one row each. A new format is one file and one row of check_reports.cc.
//
// All show the same figures and sentences, from verdict_text.h. No errors but those of the stream.
// Thread-safety: the table is constant.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "budget/check.h"
#include "budget/verdict_text.h"

namespace allocprof::budget {

struct CheckFormat {
  const char* name;
  const char* help;
  void (*write)(const Outcome& outcome, const CheckSubject& subject, std::ostream& out);
};

const std::vector<CheckFormat>& CheckFormats();

// nullptr if there is none of that name.
const CheckFormat* FindCheckFormat(const std::string& name);

void WriteCheckText(const Outcome&, const CheckSubject&, std::ostream&);
void WriteCheckJson(const Outcome&, const CheckSubject&, std::ostream&);
void WriteCheckMarkdown(const Outcome&, const CheckSubject&, std::ostream&);
void WriteJUnit(const Outcome&, const CheckSubject&, std::ostream&);
void WriteSarif(const Outcome&, const CheckSubject&, std::ostream&);
void WriteGitHub(const Outcome&, const CheckSubject&, std::ostream&);
void WriteGitLab(const Outcome&, const CheckSubject&, std::ostream&);
void WriteCTest(const Outcome&, const CheckSubject&, std::ostream&);

}  // namespace allocprof::budget
