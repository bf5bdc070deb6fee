// SPDX-License-Identifier: Apache-2.0
//
// CodeFlow: Reachability answered from the machine code of the recorded program's files.
//
// Owns: the files opened for it, one control-flow graph a function, and every answer given.
// Without code at hand (no file, another build of it, no unwind table for the address, not x86-64)
// execution is taken to run onwards only: what is at a greater address can be reached.
// A tail call is followed: a frame whose function jumped to another is at a call of that one.
// Errors: none are returned. Thread-safety: none.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "symbols/file_finder.h"
#include "symbols/flow_graph.h"
#include "symbols/options.h"
#include "symbols/reachability.h"

namespace allocprof::symbols {

class CodeFlow : public Reachability {
 public:
  explicit CodeFlow(Options options);
  ~CodeFlow() override;

  Reach Reaches(const Module& module, CodePoint from, CodePoint to) override;
  Reach EndsInTailCall(const Module& module, CodePoint from, bool freeing) override;

 private:
  struct LoadedModule;

  LoadedModule& Load(const Module& module);
  // Null when there is no code at the address.
  FlowGraph* GraphOf(LoadedModule& loaded, uint64_t address, int depth);
  static std::string NameOf(LoadedModule& loaded, uint64_t address);
  bool Returns(LoadedModule& loaded, uint64_t address, int depth);
  Reach ReachesByTailCall(LoadedModule& loaded, const std::vector<const TailCall*>& calls,
                          CodePoint to, int depth);
  Reach Leaves(LoadedModule& loaded, const std::vector<const TailCall*>& calls, bool freeing,
               int depth);

  FileFinder finder_;
  std::map<Module, std::unique_ptr<LoadedModule>> modules_;
};

}  // namespace allocprof::symbols
