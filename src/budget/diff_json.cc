// SPDX-License-Identifier: Apache-2.0
//
// A comparison as data: {"schema":"allocprof.diff/1"}. Keys are added, never renamed.
#include <algorithm>
#include <map>

#include "budget/diff_reports.h"
#include "budget/json_text.h"

namespace allocprof::budget {
namespace {

Json FiguresOf(const Figures& figures, const Diff& diff) {
  Json json = Json::object();
  for (size_t i = 0; i < kMetrics; i++) {
    if (diff.known[i] && Metrics()[i].sum != Sum::kProcess) json[Metrics()[i].name] = figures[i];
  }
  return json;
}

Json OfStack(const StackChange& stack, const DiffSubject& subject) {
  Json frames = Json::array();
  for (const report::Frame& frame : *stack.stack) {
    const std::string file = RelativePath(frame.file, subject.roots);
    frames.push_back({{"function", NameOf(frame)},
                      {"file", file.empty() ? Json() : Json(file)},
                      {"line", frame.line > 0 ? Json(frame.line) : Json()},
                      {"module", frame.module.empty() ? Json() : Json(frame.module)},
                      {"inlined", frame.inlined}});
  }
  return {{"id", stack.id},
          {"change", ChangeName(stack.change)},
          {"moved", stack.moved},
          {"by", stack.By(IndexOf(*subject.diff.metric))},
          {"before", FiguresOf(stack.before, subject.diff)},
          {"after", FiguresOf(stack.after, subject.diff)},
          {"frames", std::move(frames)}};
}

}  // namespace

void WriteDiffJson(const DiffSubject& subject, std::ostream& out) {
  const Diff& diff = subject.diff;
  const size_t metric = IndexOf(*diff.metric);
  Json json = {{"schema", "allocprof.diff/1"},
               {"before", subject.before},
               {"after", subject.after},
               {"metric", diff.metric->name},
               {"text", DiffSentence(subject)}};
  json["totals"] = Json::object();
  for (size_t i = 0; i < kMetrics; i++) {
    if (!diff.known[i]) continue;
    json["totals"][Metrics()[i].name] = {
        {"before", diff.before[i]},
        {"after", diff.after[i]},
        {"change", static_cast<int64_t>(diff.after[i] - diff.before[i])}};
  }
  json["failed"] = Json::array();
  for (const FailRule& rule : subject.failed) json["failed"].push_back(FailureText(rule, diff));
  json["limits"] = Json::array();
  for (const LimitChange& limit : subject.limits) {
    json["limits"].push_back({{"budget", limit.after.budget->id},
                              {"metric", limit.after.metric->name},
                              {"bound", BoundName(limit.after.limit->bound)},
                              {"limit", limit.after.bound},
                              {"before", limit.before.figure},
                              {"after", limit.after.figure},
                              {"result", limit.Word()}});
  }
  json["stacks"] = Json::array();
  // What the lists leave out, so that changes still add up to the total's.
  std::map<Change, size_t> listed;
  size_t omitted = 0;
  int64_t omitted_by = 0;
  for (const StackChange& stack : diff.stacks) {
    if (stack.change == Change::kSame && !stack.moved) continue;
    if (subject.top != 0 && listed[stack.change]++ >= subject.top) {
      omitted++;
      omitted_by += stack.By(metric);
      continue;
    }
    json["stacks"].push_back(OfStack(stack, subject));
  }
  json["omitted"] = {{"stacks", omitted}, {"by", omitted_by}};
  out << JsonText(json);
}

}  // namespace allocprof::budget
