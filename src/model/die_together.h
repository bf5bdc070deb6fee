// SPDX-License-Identifier: Apache-2.0
//
// Blocks that die together: many, born one by one below one function, freed by one thread in one
// run with no allocation of that thread in between. Such a group could live in an arena that is
// dropped as a whole.
//
// A group belongs to the innermost stack node that all of its blocks were born below. Groups of
// fewer than kFewest blocks are not counted, nor are those without a frame in common. Frees by
// realloc are no part of a run, and do not end it.
// Cost: as long as a run is short, nothing; then the way from a stack to the common node. Memory:
// kFewest blocks a thread, and 48 bytes a node that groups belong to.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "model/block_observer.h"
#include "model/stack_tree.h"

namespace allocprof::model {

struct Groups {
  uint64_t groups = 0;
  uint64_t blocks = 0;
  uint64_t bytes = 0;
  uint64_t blocks_max = 0;        // of one group
  uint64_t bytes_max = 0;         // of one group
  uint64_t birth_window_max = 0;  // stamp units from the first birth of a group to its last
  uint32_t example_site = 0;      // of a block of the largest group
};

class DieTogether final : public BlockObserver<DieTogether> {
 public:
  static constexpr size_t kFewest = 32;

  explicit DieTogether(const ReplayContext& context)
      : stacks_(context.stacks), node_of_site_(context.node_of_site) {}

  void OnBirth(const Block& block, const Moment& at, const Block* reallocated_from);
  void OnDeath(const Block& block, const Moment& at, const Death& death);
  void Finish(const ReplayEnd& end, const std::vector<Block>& live, Profile* profile) override;

  // By node of the stack tree.
  const std::map<uint32_t, Groups>& groups() const { return groups_; }

 private:
  struct Run {
    size_t blocks = 0;
    uint64_t bytes = 0;
    uint64_t first_born = 0, last_born = 0;
    uint32_t site = 0;                    // of the first block
    uint32_t common = 0;                  // once there are kFewest blocks
    std::array<uint32_t, kFewest> nodes;  // of the first blocks, until then
  };

  Run& RunOf(uint32_t thread);
  uint32_t Common(uint32_t a, uint32_t b) const;
  void Close(Run* run);

  const StackTree& stacks_;
  const std::vector<uint32_t>& node_of_site_;
  std::vector<Run> runs_;  // by thread
  std::map<uint32_t, Groups> groups_;
};

}  // namespace allocprof::model
