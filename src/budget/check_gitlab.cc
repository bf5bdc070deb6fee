// SPDX-License-Identifier: Apache-2.0
//
// GitLab's code quality report: the subset of CodeClimate's format that a merge request shows.
// Paths are relative to the repository. Source: GitLab's "Code quality report format".
#include "budget/check_reports.h"
#include "budget/json_text.h"

namespace allocprof::budget {

void WriteGitLab(const Outcome& outcome, const CheckSubject& subject, std::ostream& out) {
  Json list = Json::array();
  for (const Verdict& v : outcome.verdicts) {
    if (v.judgement != Judgement::kBroken) continue;
    const Place place = PlaceOf(v, subject);
    std::string text = "[" + v.budget->id + "] " + Sentence(v);
    if (!v.culprits.empty()) text += ": " + CulpritStack(v.culprits.front(), subject);
    list.push_back({{"description", text},
                    {"check_name", std::string("allocprof ") + v.metric->name},
                    {"fingerprint", Fingerprint(v)},
                    {"severity", "major"},
                    {"location",
                     {{"path", OneLine(place.file)},
                      {"lines", {{"begin", place.line > 0 ? place.line : 1}}}}}});
  }
  out << JsonText(list);
}

}  // namespace allocprof::budget
