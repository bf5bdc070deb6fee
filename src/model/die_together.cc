// SPDX-License-Identifier: Apache-2.0
#include "model/die_together.h"

#include <algorithm>

namespace allocprof::model {

DieTogether::Run& DieTogether::RunOf(uint32_t thread) {
  if (thread >= runs_.size()) runs_.resize(thread + 1);
  return runs_[thread];
}

// A node comes after its parent in the tree, so the greater of two is never the common one.
uint32_t DieTogether::Common(uint32_t a, uint32_t b) const {
  const std::vector<Node>& nodes = stacks_.nodes();
  while (a != b) {
    if (a > b) {
      a = nodes[a].parent;
    } else {
      b = nodes[b].parent;
    }
  }
  return a;
}

void DieTogether::OnBirth(const Block& block, const Moment& /*at*/,
                          const Block* /*reallocated_from*/) {
  Run& run = RunOf(block.thread);
  if (run.blocks != 0) Close(&run);
}

void DieTogether::OnDeath(const Block& block, const Moment& at, const Death& death) {
  if (death.cause != DeathCause::kFree) return;
  Run& run = RunOf(at.stack.thread);
  const uint32_t node = node_of_site_[block.site];
  if (run.blocks == 0) {
    run.bytes = 0;
    run.first_born = run.last_born = block.born;
    run.site = block.site;
  }
  run.bytes += block.size;
  run.first_born = std::min(run.first_born, block.born);
  run.last_born = std::max(run.last_born, block.born);
  if (run.blocks < kFewest) {
    run.nodes[run.blocks] = node;
    run.blocks++;
    if (run.blocks < kFewest) return;
    run.common = run.nodes[0];
    for (const uint32_t other : run.nodes) run.common = Common(run.common, other);
    return;
  }
  run.blocks++;
  run.common = Common(run.common, node);
}

void DieTogether::Close(Run* run) {
  if (run->blocks >= kFewest && run->common != 0) {
    Groups& g = groups_[run->common];
    g.groups++;
    g.blocks += run->blocks;
    g.bytes += run->bytes;
    if (run->blocks > g.blocks_max) g.example_site = run->site;
    g.blocks_max = std::max<uint64_t>(g.blocks_max, run->blocks);
    g.bytes_max = std::max(g.bytes_max, run->bytes);
    g.birth_window_max = std::max(g.birth_window_max, run->last_born - run->first_born);
  }
  run->blocks = 0;
}

void DieTogether::Finish(const ReplayEnd& /*end*/, const std::vector<Block>& /*live*/,
                         Profile* /*profile*/) {
  for (Run& run : runs_) Close(&run);
}

}  // namespace allocprof::model
