// SPDX-License-Identifier: Apache-2.0
#include "capture.h"

#include "emit.h"
#include "options.h"
#include "process.h"
#include "rule_table.h"
#include "thread.h"
#include "unwind_libunwind.h"

namespace allocprof {
namespace {

constexpr uint64_t kCutSeed = 0x6a09e667f3bcc909;

// One multiplication a frame, chained; the rotation brings the high half back down.
uint64_t Mix(uint64_t hash, uint64_t pc) {
  hash = (hash ^ pc) * 0x9fb21c651e98df25u;
  return hash ^ hash >> 29;
}

SeenPath* Set(Thread* t, uint64_t hash) {
  return &t->seen[(hash >> 40 & (kSeenSets - 1)) * kSeenWays];
}

SeenPath* Find(Thread* t, uint64_t hash) {
  SeenPath* set = Set(t, hash);
  for (uint32_t way = 0; way < kSeenWays; way++) {
    if (set[way].hash == hash) return &set[way];
  }
  return nullptr;
}

// New paths go in front; the last of the set falls out.
void Remember(Thread* t, uint64_t hash, uint32_t id, uint64_t depth) {
  SeenPath* set = Set(t, hash);
  for (uint32_t way = kSeenWays - 1; way > 0; way--) set[way] = set[way - 1];
  set[0] = {hash, id, static_cast<uint32_t>(depth)};
}

}  // namespace

uint32_t InternFrames(Thread* t, const Frame* frames, uint32_t count, bool cut, uint64_t depth) {
  const uint64_t generation = module_generation.load(std::memory_order_relaxed);
  uint64_t* hashes = t->walk.hashes;
  uint64_t hash = t->path_seed ^ generation * 0x9e3779b97f4a7c15u ^ (cut ? kCutSeed : 0);
  for (uint32_t i = count; i-- > 0;) {
    // An exact pc and an equal return address are different frames.
    hash = Mix(hash, frames[i].pc ^ static_cast<uint64_t>(frames[i].flags & wire::kNodeExactPc) << 60);
    hashes[i] = hash;
  }

  SeenPath* leaf = Find(t, hash);
  if (__builtin_expect(leaf != nullptr, 1)) {
    if (__builtin_expect(depth > leaf->depth, 0)) {
      leaf->depth = static_cast<uint32_t>(depth);
      EmitDeeper(t, leaf->id, depth);
    }
    return leaf->id;
  }

  uint32_t known = 1;
  uint32_t parent = 0;
  for (; known < count; known++) {
    if (const SeenPath* path = Find(t, hashes[known]); path != nullptr) {
      parent = path->id;
      break;
    }
  }
  uint64_t inner_bytes = 0;
  for (uint32_t i = 0; i < known; i++) inner_bytes += frames[i].bytes;
  for (uint32_t i = known; i-- > 0;) {
    inner_bytes -= frames[i].bytes;
    const uint64_t here = depth > inner_bytes ? depth - inner_bytes : 0;
    const bool outermost = i + 1 == count;
    const uint32_t flags = frames[i].flags | (outermost && cut ? wire::kNodeCutBelow : 0);
    parent = EmitDefine(t, parent, frames[i].pc, frames[i].bytes, here, flags);
    Remember(t, hashes[i], parent, here);
  }
  return parent;
}

uint32_t CaptureStack(Thread* t, const Site& site) {
  Walk* walk = &t->walk;
  if (__builtin_expect(libunwind_walks, 0)) {
    WalkWithLibunwind(t, site, walk);
  } else {
    WalkStack(site, &t->bounds, static_cast<uint32_t>(options.DEPTH), walk);
  }
  if (walk->depth > t->depth_max) {
    t->depth_max = walk->depth;
    if (t->ring != nullptr) t->ring->depth_max = walk->depth;
  }
  if (__builtin_expect(walk->cut, 0)) {
    __atomic_fetch_add(&process->spool->stacks_cut, 1u, __ATOMIC_RELAXED);
  }
  return InternFrames(t, walk->frames, walk->count, walk->cut, walk->depth);
}

}  // namespace allocprof
