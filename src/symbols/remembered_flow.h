// SPDX-License-Identifier: Apache-2.0
//
// RememberedFlow: a Reachability that keeps its answers, for a trace that is to be reported without
// the program's files, and gives those that such a trace has.
//
// Owns: the answers. What is not among them the other Reachability is asked, which must outlive
// this. Thread-safety: none.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "symbols/reachability.h"
#include "trace/module_symbols.h"

namespace allocprof::symbols {

class RememberedFlow : public Reachability {
 public:
  explicit RememberedFlow(Reachability* behind) : behind_(behind) {}

  void Embed(const Module& module, const trace::ModuleSymbols& known);
  // Adds what was answered of a module to `to`.
  void Given(const Module& module, trace::ModuleSymbols* to) const;

  Reach Reaches(const Module& module, CodePoint from, CodePoint to) override;
  Reach EndsInTailCall(const Module& module, CodePoint from, bool freeing) override;

 private:
  using Places = std::pair<uint64_t, uint64_t>;  // as trace::KnownFlow has them
  struct Answers {
    std::map<Places, Reach> reaches, tail_calls;
  };

  Reachability* behind_;
  std::map<Module, Answers> modules_;
};

}  // namespace allocprof::symbols
