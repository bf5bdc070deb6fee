// SPDX-License-Identifier: Apache-2.0
//
// CTest's measurements: what it finds of these in a test's output stands in its Test.xml, and in a
// dashboard as a chart.
#include <fmt/format.h>

#include "budget/check_reports.h"
#include "budget/xml_text.h"

namespace allocprof::budget {

void WriteCTest(const Outcome& outcome, const CheckSubject&, std::ostream& out) {
  std::string last;
  for (const Verdict& v : outcome.verdicts) {
    const std::string name = XmlText(v.budget->id) + " " + v.metric->name;
    if (name == last) continue;  // a maximum and a minimum of one figure
    out << fmt::format(
        "<CTestMeasurement type=\"numeric/integer\" name=\"{}\">{}"
        "</CTestMeasurement>\n",
        name, v.figure);
    last = name;
  }
}

}  // namespace allocprof::budget
