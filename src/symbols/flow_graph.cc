// SPDX-License-Identifier: Apache-2.0
#include "symbols/flow_graph.h"

#include <algorithm>

#include "symbols/call_names.h"
#include "symbols/jump_tables.h"
#include "symbols/landing_pads.h"

namespace allocprof::symbols {
namespace {

constexpr size_t kMaxParts = 64;
constexpr uint64_t kMaxCode = uint64_t{1} << 23;

bool IsDirectJump(Flow flow) { return flow == Flow::kJump || flow == Flow::kBranch; }

bool EndsBlock(Flow flow) {
  return flow != Flow::kAddress && flow != Flow::kTableLoad && flow != Flow::kNop;
}

}  // namespace

FlowGraph::FlowGraph(const CodeContext& context, const FunctionPart& part) {
  std::vector<Decoded> decoded;
  AddPart(context, part, &decoded);
  MakeBlocks(context, decoded);
}

bool FlowGraph::Contains(uint64_t address) const {
  return std::any_of(parts_.begin(), parts_.end(), [&](const FunctionPart& part) {
    return part.begin <= address && address < part.end;
  });
}

// A jump into the middle of another part stays in the function; one to its start does when it is a
// cold part: named so, or entered with a frame already made.
bool FlowGraph::IsPartOfThis(const CodeContext& context, const FunctionPart& part,
                             uint64_t target) const {
  if (target != part.begin) return true;
  const std::string name = context.name(target);
  if (name.find(".cold") != name.npos) return true;
  return name.empty() && !context.parts.AtEntryState(target);
}

// Adds the part and those that its jumps and landing pads lead to.
bool FlowGraph::AddPart(const CodeContext& context, const FunctionPart& first,
                        std::vector<Decoded>* decoded) {
  uint64_t size = 0;
  std::vector<FunctionPart> open = {first};
  while (!open.empty()) {
    const FunctionPart part = open.back();
    open.pop_back();
    if (Contains(part.begin) || parts_.size() == kMaxParts) continue;
    size += part.end - part.begin;
    if (size > kMaxCode) return false;
    parts_.push_back(part);
    const auto code = context.file.ReadCode(part.begin, part.end - part.begin);
    decoded->push_back({part, ReadInstructions(code, part.begin)});
    auto follow = [&](uint64_t target, bool pad) {
      if (Contains(target)) return;
      const auto other = context.parts.Find(target);
      if (other && (pad || IsPartOfThis(context, *other, target))) open.push_back(*other);
    };
    for (const Instruction& i : decoded->back().instructions) {
      if (IsDirectJump(i.flow)) follow(i.target, false);
    }
    for (const LandingPad& pad : ReadLandingPads(context.file, part)) follow(pad.pad, true);
  }
  // What was met first may be the cold part: the entry is where the stack is as a caller leaves it.
  const auto entry = std::find_if(parts_.begin(), parts_.end(), [&](const FunctionPart& part) {
    const std::string name = context.name(part.begin);
    return name.find(".cold") == name.npos && context.parts.AtEntryState(part.begin);
  });
  if (entry != parts_.end()) std::iter_swap(parts_.begin(), entry);
  return true;
}

void FlowGraph::MakeBlocks(const CodeContext& context, const std::vector<Decoded>& decoded) {
  std::vector<uint64_t> jumped_to, leaders;
  std::vector<LandingPad> pads;
  auto inside = [&](uint64_t address) { return Contains(address); };
  for (const Decoded& d : decoded) {
    leaders.push_back(d.part.begin);
    for (size_t i = 0; i < d.instructions.size(); i++) {
      const Instruction& instruction = d.instructions[i];
      if (EndsBlock(instruction.flow)) leaders.push_back(instruction.end());
      if (IsDirectJump(instruction.flow) && inside(instruction.target)) {
        jumped_to.push_back(instruction.target);
      }
      if (instruction.flow == Flow::kIndirectJump || instruction.flow == Flow::kTableJump) {
        // Where the frame is gone, or not made yet, a jump far from any table is a tail call.
        const bool anywhere = !context.parts.AtEntryState(instruction.address);
        auto targets =
            JumpTargets(context.file, context.imports, d.instructions, i, anywhere, inside);
        jumped_to.insert(jumped_to.end(), targets.begin(), targets.end());
        tables_[instruction.address] = std::move(targets);
      }
    }
    for (const LandingPad& pad : ReadLandingPads(context.file, d.part)) {
      if (!inside(pad.pad)) continue;
      jumped_to.push_back(pad.pad);
      pads.push_back(pad);
    }
  }
  std::sort(jumped_to.begin(), jumped_to.end());
  leaders.insert(leaders.end(), jumped_to.begin(), jumped_to.end());
  std::sort(leaders.begin(), leaders.end());
  leaders.erase(std::unique(leaders.begin(), leaders.end()), leaders.end());

  for (size_t i = 0; i < leaders.size(); i++) {
    for (const Decoded& d : decoded) {
      if (leaders[i] < d.part.begin || leaders[i] >= d.part.end) continue;
      const uint64_t end = i + 1 < leaders.size() ? leaders[i + 1] : d.part.end;
      blocks_.push_back({.begin = leaders[i], .end = std::min(end, d.part.end)});
      break;
    }
  }

  std::vector<uint32_t> calls, twice;
  for (const Decoded& d : decoded) {
    auto next = d.instructions.begin();
    for (uint32_t b = 0; b < blocks_.size(); b++) {
      Block& block = blocks_[b];
      if (block.begin < d.part.begin || block.begin >= d.part.end) continue;
      const Instruction* last = nullptr;
      for (; next != d.instructions.end() && next->end() <= block.end; next++) {
        if (next->end() == block.end && EndsBlock(next->flow)) last = &*next;
      }
      if (last == nullptr) {
        if (const uint32_t on = BlockAt(block.end); on != kNone && block.end < d.part.end) {
          block.next.push_back(on);
        }
        continue;
      }
      // After a call that does not return stands what has nothing to do with it: the end,
      // padding, or a block that others jump to.
      const bool padding = next != d.instructions.end() && next->address == block.end &&
                           (next->flow == Flow::kNop || next->flow == Flow::kTrap);
      const bool doubtful = block.end >= d.part.end || padding ||
                            std::binary_search(jumped_to.begin(), jumped_to.end(), block.end);
      Link(context, *last, doubtful, b);
      if (!block.call) continue;
      calls.push_back(b);
      for (const LandingPad& pad : pads) {
        if (pad.begin <= last->address && last->address < pad.end) {
          block.next.push_back(BlockAt(pad.pad));
        }
      }
      const std::string name = last->flow == Flow::kCall ? context.name(last->target)
                               : last->flow == Flow::kSlotCall
                                   ? std::string(context.imports.OfSlot(last->target).name)
                                   : "";
      if (ReturnsTwice(name)) twice.push_back(b);
    }
  }
  for (const uint32_t setjmp : twice) {
    const uint32_t behind = BlockAt(blocks_[setjmp].end);
    if (behind == kNone) continue;
    for (const uint32_t call : calls) blocks_[call].next.push_back(behind);
  }
}

void FlowGraph::Link(const CodeContext& context, const Instruction& last, bool doubtful,
                     uint32_t at) {
  Block& block = blocks_[at];
  auto go_on = [&] {
    if (const uint32_t next = BlockAt(block.end); next != kNone) block.next.push_back(next);
  };
  auto leave = [&](uint64_t target, std::string name) {
    block.leaves = true;
    tail_calls_.push_back({at, target, std::move(name)});
  };
  switch (last.flow) {
    case Flow::kBranch:
    case Flow::kJump:
      if (last.flow == Flow::kBranch) go_on();
      if (const uint32_t to = BlockAt(last.target); to != kNone) {
        block.next.push_back(to);
      } else {
        leave(last.target, context.name(last.target));
      }
      break;
    case Flow::kSlotJump: {
      const ImportTarget target = context.imports.OfSlot(last.target);
      leave(target.address, std::string(target.name));
      break;
    }
    case Flow::kIndirectJump:
    case Flow::kTableJump: {
      const std::vector<uint64_t>& targets = tables_[last.address];
      for (const uint64_t target : targets) {
        if (const uint32_t to = BlockAt(target); to != kNone) block.next.push_back(to);
      }
      if (!targets.empty()) break;
      if (context.parts.AtEntryState(last.address)) {
        leave(0, "");
      } else {
        block.unknown = true;
      }
      break;
    }
    case Flow::kReturn:
      block.leaves = true;
      break;
    case Flow::kTrap:
      break;
    case Flow::kCall:
    case Flow::kSlotCall: {
      block.call = true;
      uint64_t target = last.target;
      std::string name;
      if (last.flow == Flow::kSlotCall) {
        const ImportTarget slot = context.imports.OfSlot(last.target);
        target = slot.address;
        name = slot.name;
      }
      if (doubtful) {
        if (name.empty() && target != 0) name = context.name(target);
        if (NeverReturns(name)) break;
        if (target != 0 && !context.returns(target)) break;
      }
      go_on();
      break;
    }
    case Flow::kIndirectCall:
      block.call = true;
      go_on();
      break;
    case Flow::kNop:
    case Flow::kAddress:
    case Flow::kTableLoad:
      break;
  }
}

uint32_t FlowGraph::BlockAt(uint64_t begin) const {
  const auto found =
      std::lower_bound(blocks_.begin(), blocks_.end(), begin,
                       [](const Block& block, uint64_t address) { return block.begin < address; });
  return found != blocks_.end() && found->begin == begin
             ? static_cast<uint32_t>(found - blocks_.begin())
             : kNone;
}

// A return address belongs to the block that the call before it ends.
uint32_t FlowGraph::BlockOf(CodePoint point) const {
  const uint64_t address = point.exact ? point.address : point.address - 1;
  const auto next =
      std::upper_bound(blocks_.begin(), blocks_.end(), address,
                       [](uint64_t a, const Block& block) { return a < block.begin; });
  if (next == blocks_.begin()) return kNone;
  const Block& block = *std::prev(next);
  if (address >= block.end) return kNone;
  if (!point.exact && (block.end != point.address || !block.call)) return kNone;
  return static_cast<uint32_t>(std::prev(next) - blocks_.begin());
}

std::vector<bool> FlowGraph::Search(std::vector<uint32_t> open) const {
  std::vector<bool> seen(blocks_.size());
  while (!open.empty()) {
    const uint32_t b = open.back();
    open.pop_back();
    if (b == kNone || seen[b]) continue;
    seen[b] = true;
    open.insert(open.end(), blocks_[b].next.begin(), blocks_[b].next.end());
  }
  return seen;
}

const std::vector<bool>& FlowGraph::Behind(uint32_t block) {
  const auto [found, fresh] = behind_.try_emplace(block);
  if (fresh) found->second = Search(blocks_[block].next);
  return found->second;
}

Reach FlowGraph::Answer(const std::vector<bool>& seen, CodePoint to) const {
  const uint32_t target = BlockOf(to);
  if (target == kNone) return Reach::kUnknown;
  if (seen[target]) return Reach::kYes;
  for (uint32_t b = 0; b < blocks_.size(); b++) {
    if (seen[b] && blocks_[b].unknown) return Reach::kUnknown;
  }
  return Reach::kNo;
}

Reach FlowGraph::Reaches(CodePoint from, CodePoint to) {
  const uint32_t start = BlockOf(from);
  if (start == kNone) return Reach::kUnknown;
  // Within a block there is one way: onwards. A call is its end.
  if (from.exact && start == BlockOf(to) && to.address > from.address) return Reach::kYes;
  const Reach answer = Answer(Behind(start), to);
  // The indirect jump that ends the block of an interrupted instruction.
  return answer == Reach::kNo && blocks_[start].unknown ? Reach::kUnknown : answer;
}

Reach FlowGraph::ReachesFromEntry(CodePoint to) { return Answer(Search({BlockAt(entry())}), to); }

std::vector<const TailCall*> FlowGraph::TailCallsIn(const std::vector<bool>& seen) const {
  std::vector<const TailCall*> found;
  for (const TailCall& call : tail_calls_) {
    if (seen[call.block]) found.push_back(&call);
  }
  return found;
}

std::vector<const TailCall*> FlowGraph::TailCallsFrom(CodePoint from) {
  const uint32_t start = BlockOf(from);
  return start == kNone ? std::vector<const TailCall*>() : TailCallsIn(Behind(start));
}

std::vector<const TailCall*> FlowGraph::TailCallsFromEntry() {
  return TailCallsIn(Search({BlockAt(entry())}));
}

bool FlowGraph::Returns() {
  const uint32_t start = BlockAt(entry());
  if (start == kNone) return true;
  const std::vector<bool> seen = Search({start});
  for (uint32_t b = 0; b < blocks_.size(); b++) {
    if (seen[b] && (blocks_[b].leaves || blocks_[b].unknown)) return true;
  }
  return false;
}

}  // namespace allocprof::symbols
