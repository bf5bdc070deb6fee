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
  if (run.blocks == 0) {
    run.bytes = 0;
    run.first_born = run.last_born = block.born;
    run.began = at.allocations;
  }
  run.bytes += block.size;
  run.first_born = std::min(run.first_born, block.born);
  run.last_born = std::max(run.last_born, block.born);
  if (run.blocks < kFewest) {
    run.first[run.blocks] = {block.site, block.size};
    run.blocks++;
    if (run.blocks < kFewest) return;
    run.number = ++numbered_;
    run.common = node_of_site_[run.first[0].site];
    for (const Run::First& other : run.first) {
      run.common = Common(run.common, node_of_site_[other.site]);
      Count(&run, other.site, other.size, at.stack.node);
    }
    return;
  }
  run.blocks++;
  run.common = Common(run.common, node_of_site_[block.site]);
  Count(&run, block.site, block.size, at.stack.node);
}

void DieTogether::Count(Run* run, uint32_t site, uint64_t size, uint32_t freed_at) {
  if (site >= sites_.size()) {
    sites_.resize(node_of_site_.size());
    latest_.resize(node_of_site_.size());
  }
  Latest& latest = latest_[site];
  SiteGroups& g = sites_[site];
  if (latest.group != run->number) {
    latest = {run->number, run->began, 0};
    g.groups++;
    run->seen.push_back(site);
  }
  latest.blocks++;
  g.blocks++;
  g.bytes += size;
  g.freed_at = freed_at;
}

void DieTogether::Close(Run* run) {
  if (run->blocks >= kFewest && run->common != 0) {
    Groups& g = groups_[run->common];
    g.groups++;
    g.blocks += run->blocks;
    g.bytes += run->bytes;
    g.blocks_max = std::max<uint64_t>(g.blocks_max, run->blocks);
    g.bytes_max = std::max(g.bytes_max, run->bytes);
    g.birth_window_max = std::max(g.birth_window_max, run->last_born - run->first_born);
  }
  for (const uint32_t site : run->seen) {
    SiteGroups& g = sites_[site];
    g.group_blocks_max = std::max<uint64_t>(g.group_blocks_max, run->blocks);
    g.group_bytes_max = std::max(g.group_bytes_max, run->bytes);
  }
  run->seen.clear();
  run->blocks = 0;
}

void DieTogether::Finish(const ReplayEnd& end, const std::vector<Block>& /*live*/,
                         Profile* /*profile*/) {
  for (Run& run : runs_) Close(&run);
  for (size_t site = 0; site < sites_.size(); site++) {
    const Latest& latest = latest_[site];
    if (end.allocations - std::min(end.allocations, latest.began) < kFewest) {
      sites_[site].at_end = latest.blocks;
    }
  }
  latest_ = {};
}

}  // namespace allocprof::model
