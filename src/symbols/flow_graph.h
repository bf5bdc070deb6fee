// SPDX-License-Identifier: Apache-2.0
//
// FlowGraph: the control-flow graph of one function, its cold parts included.
//
// Owns: blocks that end at calls and jumps, the edges between them, and what follows from them.
// Edges: jumps, branches, switches by their tables, calls that return, the way of an exception from
// a call to its landing pad, and, in a function that calls setjmp, from every call to behind it.
// A call of a function that never returns leads nowhere.
// Limits: an edge is taken for possible whatever the program's values; an indirect jump whose table
// is not found makes what is behind it unknown.
// Cost: one decoding of the function; a search of its blocks for each point asked about, kept.
// Thread-safety: none.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "symbols/elf_file.h"
#include "symbols/function_parts.h"
#include "symbols/imports.h"
#include "symbols/instructions.h"
#include "symbols/reachability.h"

namespace allocprof::symbols {

// What a graph has to know of its module.
struct CodeContext {
  const ElfFile& file;
  const FunctionParts& parts;
  const Imports& imports;
  // The name of the function at an address, by import or symbol; empty when there is none.
  std::function<std::string(uint64_t)> name;
  // Whether a call of the function at an address can return. Asked only where the code leaves
  // doubt.
  std::function<bool(uint64_t)> returns;
};

// Where control leaves the function without returning to its caller.
struct TailCall {
  uint32_t block;
  uint64_t target;   // 0 when it is not in this file
  std::string name;  // empty when not known
};

class FlowGraph {
 public:
  FlowGraph(const CodeContext& context, const FunctionPart& part);

  bool Contains(uint64_t address) const;
  const std::vector<FunctionPart>& parts() const { return parts_; }
  uint64_t entry() const { return parts_.front().begin; }

  Reach Reaches(CodePoint from, CodePoint to);
  // From the function's entry to a point of it.
  Reach ReachesFromEntry(CodePoint to);
  // The tail calls that can be come to; null when `from` is no place in this function.
  std::vector<const TailCall*> TailCallsFrom(CodePoint from);
  std::vector<const TailCall*> TailCallsFromEntry();
  // Whether a call of the function can return.
  bool Returns();

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  struct Block {
    uint64_t begin = 0, end = 0;
    bool call = false;
    bool unknown = false;  // an indirect jump that may go anywhere in the function
    bool leaves = false;   // returns, or a tail call
    std::vector<uint32_t> next;
  };
  struct Decoded {
    FunctionPart part;
    std::vector<Instruction> instructions;
  };

  bool AddPart(const CodeContext& context, const FunctionPart& part, std::vector<Decoded>* decoded);
  bool IsPartOfThis(const CodeContext& context, const FunctionPart& part, uint64_t target) const;
  void MakeBlocks(const CodeContext& context, const std::vector<Decoded>& decoded);
  void Link(const CodeContext& context, const Instruction& last, bool doubtful, uint32_t block);
  uint32_t BlockAt(uint64_t begin) const;
  uint32_t BlockOf(CodePoint point) const;
  const std::vector<bool>& Behind(uint32_t block);
  std::vector<bool> Search(std::vector<uint32_t> open) const;
  Reach Answer(const std::vector<bool>& seen, CodePoint to) const;
  std::vector<const TailCall*> TailCallsIn(const std::vector<bool>& seen) const;

  std::vector<FunctionPart> parts_;  // the one with the entry first
  std::vector<Block> blocks_;        // by address
  std::vector<TailCall> tail_calls_;
  std::unordered_map<uint64_t, std::vector<uint64_t>> tables_;  // targets of the jump at an address
  std::unordered_map<uint32_t, std::vector<bool>> behind_;
};

}  // namespace allocprof::symbols
