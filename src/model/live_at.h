// SPDX-License-Identifier: Apache-2.0
//
// Who held the memory at one moment: live bytes and blocks of each site after the events up to it.
// Runs only where a moment is asked for. With a window of time the moment is in it, or the window's
// nearer end.
#pragma once

#include <vector>

#include "model/block_observer.h"

namespace allocprof::model {

class LiveAt final : public BlockObserver<LiveAt> {
 public:
  struct Held {
    uint64_t bytes = 0;
    uint64_t blocks = 0;
  };

  // REQUIRES: context.at.
  explicit LiveAt(const ReplayContext& context)
      : at_(*context.at), node_of_site_(context.node_of_site) {}

  void Start(const std::vector<Block>& live) override {
    for (const Block& block : live) Add(block);
  }
  void OnBirth(const Block& block, const Moment& moment, const Block*) {
    if (moment.stamp <= at_) Add(block);
  }
  void OnDeath(const Block& block, const Moment& moment, const Death&) {
    if (moment.stamp <= at_) Subtract(block);
  }
  void OnOldDeath(const Block& block, const Moment& moment, const Death& death) {
    OnDeath(block, moment, death);
  }
  void OnProcessEnd(uint32_t /*process*/, uint64_t stamp, const std::vector<Block>& left) override {
    if (stamp > at_) return;
    for (const Block& block : left) Subtract(block);
  }
  void Finish(const ReplayEnd&, const std::vector<Block>&, Profile*) override {
    sites_.resize(node_of_site_.size());
  }

  uint64_t stamp() const { return at_; }
  // By index into Profile::sites.
  const std::vector<Held>& sites() const { return sites_; }

 private:
  Held& Of(uint32_t site) {
    if (site >= sites_.size()) sites_.resize(node_of_site_.size());
    return sites_[site];
  }
  void Add(const Block& block) {
    Held& held = Of(block.site);
    held.bytes += block.size;
    held.blocks++;
  }
  void Subtract(const Block& block) {
    Held& held = Of(block.site);
    held.bytes -= block.size;
    held.blocks--;
  }

  uint64_t at_;
  const std::vector<uint32_t>& node_of_site_;
  std::vector<Held> sites_;
};

}  // namespace allocprof::model
