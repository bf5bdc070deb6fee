// SPDX-License-Identifier: Apache-2.0
//
// Annotations of a GitHub workflow: commands on standard output, "::error file=…::…". A step shows
// ten errors and no more: the furthest over come first, the last says how many there are besides.
// Source: GitHub's "Workflow commands" and actions/runner ActionCommand.cs.
#include <fmt/format.h>

#include <algorithm>

#include "budget/check_reports.h"

namespace allocprof::budget {
namespace {

constexpr size_t kMostAnnotations = 10;

std::string Escaped(const std::string& text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%') {
      out += "%25";
    } else if (c == '\r') {
      out += "%0D";
    } else if (c == '\n') {
      out += "%0A";
    } else if (property && c == ':') {
      out += "%3A";
    } else if (property && c == ',') {
      out += "%2C";
    } else {
      out += c;
    }
  }
  return out;
}

double Overshoot(const Verdict& v) {
  const double bound = static_cast<double>(std::max<uint64_t>(v.bound, 1));
  const double ratio = static_cast<double>(v.figure) / bound;
  return v.above ? ratio : (ratio > 0 ? 1 / ratio : 1e18);
}

void WriteAnnotation(const Verdict& v, size_t more, const CheckSubject& subject,
                     std::ostream& out) {
  const Place place = PlaceOf(v, subject);
  std::string properties = "file=" + Escaped(OneLine(place.file), true);
  if (place.line > 0) properties += fmt::format(",line={}", place.line);
  properties += ",title=" + Escaped("allocation budget " + v.budget->id, true);
  std::string text = Sentence(v);
  for (const Culprit& culprit : v.culprits) {
    text += "\n" + CulpritFigure(v, culprit) + ": " + CulpritStack(culprit, subject);
  }
  text += "\nto accept: " + Remedy(v, subject);
  if (more != 0) text += fmt::format("\n{} more limits are broken; see the job's summary", more);
  out << "::error " << properties << "::" << Escaped(text, false) << "\n";
}

}  // namespace

void WriteGitHub(const Outcome& outcome, const CheckSubject& subject, std::ostream& out) {
  std::vector<const Verdict*> broken;
  for (const Verdict& v : outcome.verdicts) {
    if (v.judgement == Judgement::kBroken) broken.push_back(&v);
  }
  std::stable_sort(broken.begin(), broken.end(), [](const Verdict* a, const Verdict* b) {
    return Overshoot(*a) > Overshoot(*b);
  });
  const size_t shown = std::min(broken.size(), kMostAnnotations);
  for (size_t i = 0; i < shown; i++) {
    WriteAnnotation(*broken[i], i + 1 == shown ? broken.size() - shown : 0, subject, out);
  }
}

}  // namespace allocprof::budget
