// SPDX-License-Identifier: Apache-2.0
#include "symbols/remembered_flow.h"

#include <vector>

namespace allocprof::symbols {
namespace {

uint64_t PlaceOf(CodePoint point) { return point.address << 1 | (point.exact ? 1 : 0); }

}  // namespace

void RememberedFlow::Embed(const Module& module, const trace::ModuleSymbols& known) {
  Answers& answers = modules_[module];
  for (const trace::KnownFlow& f : known.reaches) {
    answers.reaches.try_emplace({f.from, f.to}, static_cast<Reach>(f.answer));
  }
  for (const trace::KnownFlow& f : known.tail_calls) {
    answers.tail_calls.try_emplace({f.from, f.to}, static_cast<Reach>(f.answer));
  }
}

void RememberedFlow::Given(const Module& module, trace::ModuleSymbols* to) const {
  const auto found = modules_.find(module);
  if (found == modules_.end()) return;
  const auto add = [](const std::map<Places, Reach>& answers, std::vector<trace::KnownFlow>* list) {
    for (const auto& [places, reach] : answers) {
      list->push_back({places.first, places.second, static_cast<uint8_t>(reach)});
    }
  };
  add(found->second.reaches, &to->reaches);
  add(found->second.tail_calls, &to->tail_calls);
}

Reach RememberedFlow::Reaches(const Module& module, CodePoint from, CodePoint to) {
  const auto [answer, fresh] =
      modules_[module].reaches.try_emplace({PlaceOf(from), PlaceOf(to)}, Reach::kUnknown);
  if (fresh) answer->second = behind_->Reaches(module, from, to);
  return answer->second;
}

Reach RememberedFlow::EndsInTailCall(const Module& module, CodePoint from, bool freeing) {
  const auto [answer, fresh] =
      modules_[module].tail_calls.try_emplace({PlaceOf(from), freeing ? 1 : 0}, Reach::kUnknown);
  if (fresh) answer->second = behind_->EndsInTailCall(module, from, freeing);
  return answer->second;
}

}  // namespace allocprof::symbols
