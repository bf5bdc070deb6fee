// SPDX-License-Identifier: Apache-2.0
//
// The activations of functions that matter: those on a thread's stack now, and those that a live
// block was born in. Each knows the one that called it.
//
// Owns: the nodes, counted by their holders (a stack position, a block, an activation further in).
// Memory: 12 bytes an activation held; it is bounded by live blocks times depth, in practice by
// far less, as blocks share their outer frames.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/huge_pages.h"

namespace allocprof::model {

class ActivationTree {
 public:
  static constexpr uint32_t kNone = 0;

  ActivationTree() : nodes_(1) {}

  // A new activation, held once, called from `parent` (kNone: outermost).
  uint32_t Add(uint32_t parent) {
    uint32_t made = free_;
    if (made != kNone) {
      free_ = nodes_[made].parent;
    } else {
      made = static_cast<uint32_t>(nodes_.size());
      nodes_.emplace_back();
    }
    nodes_[made] = {parent, parent == kNone ? 1 : nodes_[parent].level + 1, 1};
    if (parent != kNone) nodes_[parent].holders++;
    return made;
  }

  void Hold(uint32_t activation) { nodes_[activation].holders++; }

  void Release(uint32_t activation) {
    while (activation != kNone && --nodes_[activation].holders == 0) {
      const uint32_t parent = nodes_[activation].parent;
      nodes_[activation].parent = free_;
      free_ = activation;
      activation = parent;
    }
  }

  uint32_t parent(uint32_t activation) const { return nodes_[activation].parent; }
  // 1 for the outermost.
  uint32_t level(uint32_t activation) const { return nodes_[activation].level; }
  size_t size() const { return nodes_.size(); }

 private:
  struct Node {
    uint32_t parent = kNone;  // of a free one: the next free one
    uint32_t level = 0;
    uint32_t holders = 0;
  };

  HugeVector<Node> nodes_;
  uint32_t free_ = kNone;
};

}  // namespace allocprof::model
