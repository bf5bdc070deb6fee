// SPDX-License-Identifier: Apache-2.0
//
// SARIF 2.1.0 (OASIS): a result a broken limit, its culprits as stacks. What GitHub's code scanning
// shows beside the source; fingerprints hold no figure and no line, so that one finding stays one.
#include <fmt/format.h>

#include "budget/check_reports.h"
#include "budget/json_text.h"
#include "view/display_text.h"

namespace allocprof::budget {
namespace {

// A path as a URI: relative, or file: and absolute.
std::string Uri(const std::string& path) {
  static constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  std::string uri = path.rfind('/', 0) == 0 ? "file://" : "";
  for (const char c : path) {
    if (kPlain.find(c) != kPlain.npos) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return uri;
}

Json Message(const std::string& text) { return {{"text", view::ValidUtf8(text)}}; }

Json Location(const std::string& file, int line, const std::string& function) {
  Json location = Json::object();
  if (!file.empty()) {
    location["physicalLocation"] = {{"artifactLocation", {{"uri", Uri(file)}}}};
    location["physicalLocation"]["region"] = {{"startLine", line > 0 ? line : 1}};
  }
  if (!function.empty()) {
    location["logicalLocations"] =
        Json::array({{{"fullyQualifiedName", OneLine(function)}, {"kind", "function"}}});
  }
  return location;
}

Json StackOf(const Verdict& verdict, const Culprit& culprit, const CheckSubject& subject) {
  Json frames = Json::array();
  for (const report::Frame& frame : *culprit.stack) {
    if (frame.plumbing) continue;
    Json shown = {
        {"location", Location(RelativePath(frame.file, subject.roots), frame.line, NameOf(frame))}};
    if (!frame.module.empty()) shown["module"] = OneLine(frame.module);
    frames.push_back(std::move(shown));
  }
  return {{"message", Message(CulpritFigure(verdict, culprit))}, {"frames", std::move(frames)}};
}

Json ResultOf(const Verdict& verdict, size_t rule, const CheckSubject& subject) {
  const Place place = PlaceOf(verdict, subject);
  std::string text = fmt::format("[{}] {}. To accept: {}", verdict.budget->id, Sentence(verdict),
                                 Remedy(verdict, subject));
  Json result = {{"ruleId", verdict.metric->name},
                 {"ruleIndex", rule},
                 {"level", "error"},
                 {"message", Message(text)}};
  result["locations"] = Json::array({Location(place.file, place.line, place.function)});
  if (!verdict.culprits.empty()) result["stacks"] = Json::array();
  for (const Culprit& culprit : verdict.culprits) {
    result["stacks"].push_back(StackOf(verdict, culprit, subject));
  }
  result["partialFingerprints"] = {{"allocprof/v1", Fingerprint(verdict)}};
  return result;
}

}  // namespace

void WriteSarif(const Outcome& outcome, const CheckSubject& subject, std::ostream& out) {
  Json rules = Json::array();
  Json results = Json::array();
  std::vector<const Metric*> known;
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.judgement != Judgement::kBroken) continue;
    size_t rule = 0;
    while (rule < known.size() && known[rule] != verdict.metric) rule++;
    if (rule == known.size()) {
      known.push_back(verdict.metric);
      rules.push_back({{"id", verdict.metric->name},
                       {"shortDescription", Message("Budget of " + Words(*verdict.metric))}});
    }
    results.push_back(ResultOf(verdict, rule, subject));
  }
  const Json driver = {
      {"name", "allocprof"}, {"version", subject.version}, {"rules", std::move(rules)}};
  const Json log = {
      {"$schema",
       "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
       "sarif-schema-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", Json::array({{{"tool", {{"driver", driver}}}, {"results", std::move(results)}}})}};
  out << JsonText(log);
}

}  // namespace allocprof::budget
