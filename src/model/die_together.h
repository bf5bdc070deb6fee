// SPDX-License-Identifier: Apache-2.0
//
// Blocks that die together: many, born one by one below one function, freed by one thread in one
// run with no allocation of that thread in between. Such a group could live in an arena that is
// dropped as a whole.
//
// Its last groups may be the process's own end: what dies when it allocates next to nothing any
// more is counted apart.
//
// A group belongs to the innermost stack node that all of its blocks were born below. Groups of
// fewer than kFewest blocks are not counted, nor are those without a frame in common. Frees by
// realloc are no part of a run, and do not end it.
// Cost: as long as a run is short, nothing; then the way from a stack to the common node. Memory:
// kFewest blocks a thread, 48 bytes a node that groups belong to, and 64 a site.
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
};

// Of one site's blocks, those that died in groups.
struct SiteGroups {
  uint64_t blocks = 0;
  uint64_t bytes = 0;
  uint64_t groups = 0;
  uint64_t group_blocks_max = 0;  // of the groups, whosever the blocks are
  uint64_t group_bytes_max = 0;
  uint64_t at_end = 0;    // of the blocks: no kFewest allocations followed in the process
  uint32_t freed_at = 0;  // stack node of the last one's free
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
  // By index into Profile::sites; may be too short.
  const std::vector<SiteGroups>& sites() const { return sites_; }

 private:
  struct Run {
    size_t blocks = 0;
    uint64_t number = 0;
    uint64_t bytes = 0;
    uint64_t first_born = 0, last_born = 0;
    uint32_t common = 0;         // once there are kFewest blocks
    uint64_t began = 0;          // allocations of the process before it
    std::vector<uint32_t> seen;  // sites of its blocks, once there are kFewest
    struct First {
      uint32_t site;
      uint64_t size;
    };
    std::array<First, kFewest> first;  // blocks, until then
  };
  // What is known of a site's part in the latest group that it is in.
  struct Latest {
    uint64_t group = 0;  // its number, from 1
    uint64_t began = 0;
    uint64_t blocks = 0;
  };

  Run& RunOf(uint32_t thread);
  uint32_t Common(uint32_t a, uint32_t b) const;
  void Close(Run* run);
  void Count(Run* run, uint32_t site, uint64_t size, uint32_t freed_at);

  const StackTree& stacks_;
  const std::vector<uint32_t>& node_of_site_;
  std::vector<Run> runs_;  // by thread
  std::map<uint32_t, Groups> groups_;
  std::vector<SiteGroups> sites_;
  std::vector<Latest> latest_;  // by site
  uint64_t numbered_ = 0;       // groups so far
};

}  // namespace allocprof::model
