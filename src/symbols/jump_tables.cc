// SPDX-License-Identifier: Apache-2.0
#include "symbols/jump_tables.h"

#include <algorithm>
#include <cstring>

namespace allocprof::symbols {
namespace {

constexpr size_t kMaxEntries = 4096;
// The table's address is loaded shortly before the jump, or far away, outside a loop.
constexpr uint32_t kNear = 16;

using Inside = std::function<bool(uint64_t)>;

std::vector<uint64_t> Offsets(const ElfFile& file, uint64_t table, uint64_t end,
                              const Inside& inside) {
  const size_t most = static_cast<size_t>(std::min<uint64_t>(kMaxEntries, (end - table) / 4));
  const std::vector<uint8_t> bytes = file.ReadLoaded(table, 4 * most);
  std::vector<uint64_t> targets;
  for (size_t i = 0; i + 4 <= bytes.size(); i += 4) {
    int32_t offset;
    std::memcpy(&offset, bytes.data() + i, 4);
    const uint64_t target = table + static_cast<uint64_t>(int64_t{offset});
    if (!inside(target)) break;
    targets.push_back(target);
  }
  return targets;
}

std::vector<uint64_t> Pointers(const ElfFile& file, const Imports& imports, uint64_t table,
                               uint64_t end, const Inside& inside) {
  const size_t most = static_cast<size_t>(std::min<uint64_t>(kMaxEntries, (end - table) / 8));
  const std::vector<uint8_t> bytes = file.ReadLoaded(table, 8 * most);
  std::vector<uint64_t> targets;
  for (size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    uint64_t target = imports.OfSlot(table + i).address;
    if (target == 0) std::memcpy(&target, bytes.data() + i, 8);
    if (!inside(target)) break;
    targets.push_back(target);
  }
  return targets;
}

}  // namespace

std::vector<uint64_t> JumpTargets(const ElfFile& file, const Imports& imports,
                                  const std::vector<Instruction>& instructions, size_t at,
                                  bool anywhere, const Inside& inside) {
  const Instruction& jump = instructions[at];
  // A table ends where the next one that the function names begins.
  auto end_of = [&](uint64_t table) {
    uint64_t end = UINT64_MAX;
    for (const Instruction& other : instructions) {
      const bool names = other.flow == Flow::kAddress || other.flow == Flow::kTableJump ||
                         other.flow == Flow::kTableLoad;
      if (names && other.target > table) end = std::min(end, other.target);
    }
    return end;
  };
  auto read = [&](uint64_t table) {
    const uint64_t end = end_of(table);
    std::vector<uint64_t> targets = Offsets(file, table, end, inside);
    return targets.empty() ? Pointers(file, imports, table, end, inside) : targets;
  };
  if (jump.flow == Flow::kTableJump) {
    return Pointers(file, imports, jump.target, end_of(jump.target), inside);
  }
  for (size_t i = at; i-- > 0 && jump.ordinal - instructions[i].ordinal <= kNear;) {
    const Flow flow = instructions[i].flow;
    if (flow != Flow::kAddress && flow != Flow::kTableLoad) continue;
    if (auto targets = read(instructions[i].target); !targets.empty()) return targets;
  }
  if (!anywhere) return {};
  std::vector<uint64_t> tables, all;
  for (const Instruction& i : instructions) {
    if (i.flow == Flow::kAddress || i.flow == Flow::kTableLoad) tables.push_back(i.target);
  }
  std::sort(tables.begin(), tables.end());
  tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
  for (const uint64_t table : tables) {
    const std::vector<uint64_t> targets = read(table);
    all.insert(all.end(), targets.begin(), targets.end());
  }
  return all;
}

}  // namespace allocprof::symbols
