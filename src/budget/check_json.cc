// SPDX-License-Identifier: Apache-2.0
//
// A check as data: {"schema":"allocprof.check/1"}. Keys are added, never renamed.
#include "budget/check_reports.h"
#include "budget/json_text.h"

namespace allocprof::budget {
namespace {

Json TextOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json FramesOf(const Frames& stack, const CheckSubject& subject) {
  Json frames = Json::array();
  for (const report::Frame& frame : stack) {
    frames.push_back({{"function", NameOf(frame)},
                      {"file", TextOrNull(RelativePath(frame.file, subject.roots))},
                      {"line", frame.line > 0 ? Json(frame.line) : Json()},
                      {"module", TextOrNull(frame.module)},
                      {"inlined", frame.inlined}});
  }
  return frames;
}

const char* Name(Judgement judgement) {
  static constexpr const char* kNames[] = {"kept", "broken", "better"};
  return kNames[static_cast<size_t>(judgement)];
}

Json OfCulprit(const Culprit& culprit, const CheckSubject& subject) {
  Json lines = Json::array();
  for (const Share& share : culprit.lines) {
    lines.push_back({{"file", TextOrNull(RelativePath(share.file, subject.roots))},
                     {"line", share.line > 0 ? Json(share.line) : Json()},
                     {"figure", share.figure}});
  }
  return {{"id", culprit.id},
          {"figure", culprit.figure},
          {"before", culprit.before ? Json(*culprit.before) : Json()},
          {"new", culprit.fresh},
          {"lines", std::move(lines)},
          {"frames", FramesOf(*culprit.stack, subject)}};
}

Json OfVerdict(const Verdict& verdict, const CheckSubject& subject) {
  Json json = {{"budget", verdict.budget->id},
               {"metric", verdict.metric->name},
               {"bound", BoundName(verdict.limit->bound)},
               {"limit", verdict.bound},
               {"percent", verdict.limit->of_baseline ? Json(verdict.limit->percent) : Json()},
               {"baseline", verdict.baseline ? Json(*verdict.baseline) : Json()},
               {"figure", verdict.figure},
               {"result", Name(verdict.judgement)},
               {"text", Sentence(verdict)}};
  if (verdict.judgement == Judgement::kKept) return json;
  json["accept"] = Remedy(verdict, subject);
  if (verdict.judgement == Judgement::kBetter) return json;
  const Place place = PlaceOf(verdict, subject);
  json["place"] = {{"file", place.file},
                   {"line", place.line > 0 ? Json(place.line) : Json()},
                   {"function", TextOrNull(place.function)}};
  json["fingerprint"] = Fingerprint(verdict);
  json["culprits"] = Json::array();
  for (const Culprit& culprit : verdict.culprits) {
    json["culprits"].push_back(OfCulprit(culprit, subject));
  }
  return json;
}

}  // namespace

void WriteCheckJson(const Outcome& outcome, const CheckSubject& subject, std::ostream& out) {
  const bool broken = outcome.Count(Judgement::kBroken) != 0;
  const bool better = outcome.Count(Judgement::kBetter) != 0;
  Json json = {{"schema", "allocprof.check/1"},
               {"program", subject.program},
               {"budget_file", subject.budget_path},
               {"runs", outcome.runs},
               {"result", broken   ? "broken"
                          : better ? "better"
                                   : "kept"},
               {"text", SummaryText(outcome, subject)}};
  json["limits"] = Json::array();
  for (const Verdict& verdict : outcome.verdicts) {
    json["limits"].push_back(OfVerdict(verdict, subject));
  }
  json["unstable"] = Json::array();
  for (const UnstableStack& stack : outcome.unstable) {
    json["unstable"].push_back({{"id", stack.id},
                                {"metric", stack.metric->name},
                                {"least", stack.least},
                                {"most", stack.most},
                                {"frames", FramesOf(*stack.stack, subject)}});
  }
  json["notes"] = subject.notes;
  out << JsonText(json);
}

}  // namespace allocprof::budget
