// SPDX-License-Identifier: Apache-2.0
//
// The instructions of a run of x86-64 code that matter to its control flow.
//
// Owns: nothing. Decodes in one linear sweep: compilers put no data between instructions. What is
// no instruction is passed over byte by byte. Source: Intel SDM volume 2; lengths are
// libcapstone's. Cost: about 0.3 us an instruction. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <vector>

namespace allocprof::symbols {

enum class Flow : uint8_t {
  kJump,          // to `target`
  kBranch,        // to `target` or onwards
  kIndirectJump,  // by a register, or through memory
  kTableJump,     // through memory at `target` + 8 * register
  kSlotJump,      // through the pointer at `target`
  kCall,          // of `target`
  kIndirectCall,  //
  kSlotCall,      // through the pointer at `target`
  kReturn,        //
  kTrap,          // ud2, hlt, int3: never goes on
  kNop,           //
  kAddress,       // computes the address `target`, of a table perhaps
  kTableLoad,     // reads memory at `target` + 8 * register
};

struct Instruction {
  uint64_t address = 0;
  uint64_t target = 0;
  uint32_t ordinal = 0;  // its number in the sweep, with those that are left out
  uint8_t size = 0;
  Flow flow = Flow::kNop;
  uint64_t end() const { return address + size; }
};

// In address order; instructions that only compute are left out.
std::vector<Instruction> ReadInstructions(const std::vector<uint8_t>& code, uint64_t address);

}  // namespace allocprof::symbols
