// SPDX-License-Identifier: Apache-2.0
//
// JUnit XML as Jenkins, GitLab and GitHub's reporters read it: a test suite a check, a test case a
// limit. Source: jenkinsci/xunit-plugin junit-10.xsd.
#include <fmt/format.h>

#include "budget/check_reports.h"
#include "budget/xml_text.h"

namespace allocprof::budget {

void WriteJUnit(const Outcome& outcome, const CheckSubject& subject, std::ostream& out) {
  const std::string counts =
      fmt::format(R"(tests="{}" failures="{}" errors="0")", outcome.verdicts.size(),
                  outcome.Count(Judgement::kBroken));
  out << R"(<?xml version="1.0" encoding="UTF-8"?>)"
      << "\n";
  out << fmt::format("<testsuites name=\"allocprof\" {}>\n", counts);
  out << fmt::format("<testsuite name=\"{}\" {}>\n", XmlText("allocprof " + subject.program),
                     counts);
  for (const Verdict& v : outcome.verdicts) {
    out << fmt::format(R"(<testcase classname="allocprof.{}" name="{} {}")", XmlText(v.budget->id),
                       v.metric->name, BoundName(v.limit->bound));
    if (v.judgement != Judgement::kBroken) {
      out << "/>\n";
      continue;
    }
    out << fmt::format(">\n<failure type=\"{}\" message=\"{}\">{}: error: [{}] {}\n",
                       v.metric->name, XmlText(Sentence(v)), XmlText(PlaceText(v, subject)),
                       XmlText(v.budget->id), XmlText(Sentence(v)));
    for (const Culprit& culprit : v.culprits) {
      out << fmt::format("    {}: {}\n", XmlText(CulpritFigure(v, culprit)),
                         XmlText(CulpritStack(culprit, subject)));
    }
    out << "    to accept: " << XmlText(Remedy(v, subject)) << "</failure>\n</testcase>\n";
  }
  out << "</testsuite>\n</testsuites>\n";
}

}  // namespace allocprof::budget
