// SPDX-License-Identifier: Apache-2.0
//
// The rules of advice, a row each: what it is called, when it speaks and what it says. thresholds.h
// has the figures. A rule is given one place and answers with a draft, or with nothing: then its
// pattern is not there.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/advice/place.h"

namespace allocprof::analysis {

// What is known of the place beyond its own figures.
struct PlaceContext {
  const Input& in;
  const Place& place;
  std::string owner_name;  // of its owner's function, empty when there is none
  size_t threads = 1;
  const PhaseFinder* phases = nullptr;
};

struct Draft {
  std::string why;   // one sentence, what was seen
  std::string text;  // one or two, what to change, in the user's own language
  uint64_t saved_allocations = 0;
  uint64_t saved_bytes = 0;   // allocated, or leaked
  double memory_weight = 0;   // of saved_bytes, where they are held and not only passed through
  bool few_matter = false;    // each costs so much that their number says little
  uint64_t inline_bytes = 0;  // what goes onto a frame
  bool own_frame = false;     // the function's, not its caller's
  uint64_t growth_steps = 0;
  uint64_t final_size_p95 = 0;
};

struct Rule {
  const char* key;
  const char* title;
  std::optional<Draft> (*apply)(const PlaceContext&);
};

// Of rules that save the same at a place, the earlier fits better.
const std::vector<Rule>& AdviceRules();

// One file a kind of rule.
std::optional<Draft> AdviseLeakGrowing(const PlaceContext&);
std::optional<Draft> AdviseLeakOnce(const PlaceContext&);
std::optional<Draft> AdviseReserve(const PlaceContext&);
std::optional<Draft> AdviseInline(const PlaceContext&);
std::optional<Draft> AdviseIdiom(const PlaceContext&);
std::optional<Draft> AdviseCallerBuffer(const PlaceContext&);
std::optional<Draft> AdviseReuse(const PlaceContext&);
std::optional<Draft> AdviseIntern(const PlaceContext&);
std::optional<Draft> AdviseOversized(const PlaceContext&);
std::optional<Draft> AdviseArena(const PlaceContext&);
std::optional<Draft> AdviseTiny(const PlaceContext&);
std::optional<Draft> AdviseCrossThread(const PlaceContext&);

}  // namespace allocprof::analysis
