// SPDX-License-Identifier: Apache-2.0
//
// From the definitions of all threads to the stack tree: each thread numbers its own stacks, and a
// code address means what was mapped there at that time.
#pragma once

#include <tsl/hopscotch_map.h>

#include <cstdint>
#include <vector>

#include "model/block_observer.h"
#include "model/stack_ids.h"
#include "model/stack_tree.h"
#include "trace/trace.h"
#include "wire/block_reader.h"

namespace allocprof::model {

class ThreadStacks {
 public:
  ThreadStacks(const trace::Trace& trace, StackTree* tree)
      : trace_(trace), modules_(trace.modules), tree_(*tree) {}

  // `thread` is an index; a new one makes room for itself.
  StackDefinition Define(uint32_t thread, const wire::Event& e);
  void Deeper(uint32_t thread, const wire::Event& e);

  // Its node is 0 and `defined` false if the definition is lost.
  StackRef Find(uint32_t thread, uint32_t id, bool* defined) const;

 private:
  struct CachedLocation {
    uint32_t location;
    uint64_t from, until;  // stamps between which the answer is the same
  };

  uint32_t LocationOf(const wire::Event& e);
  StackIds& IdsOf(uint32_t thread);

  const trace::Trace& trace_;
  ModuleMap modules_;
  StackTree& tree_;
  std::vector<StackIds> ids_;  // by thread
  uint32_t definitions_ = 0;
  tsl::hopscotch_map<uint64_t, CachedLocation, MixedHash> location_cache_;
};

}  // namespace allocprof::model
