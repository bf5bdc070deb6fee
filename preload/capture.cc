// SPDX-License-Identifier: Apache-2.0
#include "capture.h"

#include "emit.h"
#include "options.h"
#include "path_hash.h"
#include "process.h"
#include "rule_table.h"
#include "thread.h"
#include "unwind_libunwind.h"

namespace allocprof {
namespace {

SeenPaths* Set(Thread* t, uint64_t hash) { return &t->seen[hash >> 40 & (kSeenSets - 1)]; }

// The oldest of the set falls out.
void Remember(Thread* t, uint64_t hash, uint32_t id) {
  SeenPaths* set = Set(t, hash);
  const uint32_t way = set->oldest++ % kSeenWays;
  set->hash[way] = hash;
  set->id[way] = id;
}

// The id of a path that this thread has defined lately, or 0. Which of the four it is cannot be
// predicted: no branch.
uint32_t KnownId(Thread* t, uint64_t hash) {
  const SeenPaths* set = Set(t, hash);
  const auto is = [&](uint32_t way) -> uint32_t { return set->hash[way] == hash; };
  const uint32_t way = is(1) + is(2) * 2 + is(3) * 3;
  return set->hash[way & 3] == hash ? set->id[way & 3] : 0;
}

uint64_t Depth(Thread* t, uintptr_t sp) { return t->bounds.base > sp ? t->bounds.base - sp : 0; }

void NoteDepth(Thread* t, uint64_t depth) {
  if (__builtin_expect(depth > t->depth_max, 0)) {
    t->depth_max = depth;
    if (t->ring != nullptr) t->ring->depth_max = depth;
  }
}

// The innermost shadow frame has no id yet: looks it up, or defines it and the frames around it up
// to the first that has one.
uint32_t ShadowId(Thread* t) {
  ShadowStack& s = t->shadow;
  const uint32_t leaf = s.count - 1;
  uint32_t id = KnownId(t, s.hashes[leaf]);
  if (__builtin_expect(id == 0, 0)) {
    uint32_t known = leaf;
    while (known > 0) {
      ShadowFrame& outer = s.frames[known - 1];
      if (outer.id == 0) outer.id = KnownId(t, s.hashes[known - 1]);
      if (outer.id != 0) {
        id = outer.id;
        break;
      }
      known--;
    }
    for (; known <= leaf; known++) {
      ShadowFrame& f = s.frames[known];
      const uint64_t depth = known == 0 ? Depth(t, f.sp) : wire::kDepthFollows;
      id = f.id = EmitDefine(t, id, f.pc, f.bytes, depth, f.flags);
      Remember(t, s.hashes[known], id);
    }
  }
  s.frames[leaf].id = id;
  return id;
}

// A complete stack that is deeper than the option DEPTH: both ends, and a mark between them.
uint32_t CutShadowId(Thread* t, uint64_t* hash) {
  const ShadowStack& s = t->shadow;
  const auto kept = static_cast<uint32_t>(options.DEPTH);
  const uint32_t inner = kept / 2, outer = kept - inner - 1;
  Frame* out = t->walk.frames;
  const auto show = [](const ShadowFrame& f) { return Frame{f.pc, f.bytes, f.flags}; };
  for (uint32_t i = 0; i < inner; i++) *out++ = show(s.frames[s.count - 1 - i]);
  *out++ = {wire::kCutPc, 0, 0};
  for (uint32_t i = outer; i-- > 0;) *out++ = show(s.frames[i]);
  const uint64_t depth = Depth(t, s.frames[s.count - 1].sp);
  const uint32_t id = InternFrames(t, t->walk.frames, kept, false, depth);
  *hash = t->walk.hashes[0];
  return id;
}

[[gnu::noinline]] uint32_t CapturePlainly(Thread* t, const Site& site, uint64_t* hash) {
  Walk* walk = &t->walk;
  if (libunwind_walks) {
    WalkWithLibunwind(site, &t->bounds, walk);
  } else {
    WalkStack(site, &t->bounds, static_cast<uint32_t>(options.DEPTH), walk);
  }
  NoteDepth(t, walk->depth);
  if (walk->cut) __atomic_fetch_add(&process->spool->stacks_cut, 1u, __ATOMIC_RELAXED);
  const uint32_t id = InternFrames(t, walk->frames, walk->count, walk->cut, walk->depth);
  *hash = walk->hashes[0];
  return id;
}

// Path hashes of all frames, innermost first; returns that of the whole stack.
uint64_t HashFrames(const Frame* frames, uint32_t count, bool cut, uint64_t* hashes) {
  uint64_t hash = PathSeed(module_generation.load(std::memory_order_relaxed), cut);
  for (uint32_t i = count; i-- > 0;) {
    hash = MixPath(hash, frames[i].pc, frames[i].bytes, frames[i].flags);
    hashes[i] = hash;
  }
  return hash;
}

}  // namespace

uint32_t InternFrames(Thread* t, const Frame* frames, uint32_t count, bool cut, uint64_t depth) {
  if (count == 0) return 0;
  uint64_t* hashes = t->walk.hashes;
  const uint64_t hash = HashFrames(frames, count, cut, hashes);
  if (const uint32_t id = KnownId(t, hash); id != 0) return id;

  uint32_t known = 1;
  uint32_t parent = 0;
  for (; known < count; known++) {
    parent = KnownId(t, hashes[known]);
    if (parent != 0) break;
  }
  uint64_t inner_bytes = 0;
  for (uint32_t i = 0; i < known; i++) inner_bytes += frames[i].bytes;
  for (uint32_t i = known; i-- > 0;) {
    inner_bytes -= frames[i].bytes;
    const uint64_t here = depth > inner_bytes ? depth - inner_bytes : 0;
    const bool outermost = i + 1 == count;
    const uint32_t flags = frames[i].flags | (outermost && cut ? wire::kNodeCutBelow : 0);
    parent = EmitDefine(t, parent, frames[i].pc, frames[i].bytes, here, flags);
    Remember(t, hashes[i], parent);
  }
  return parent;
}

namespace {

// What the memo does not know: finds the stack in the shadow, or brings that up to date.
[[gnu::noinline]] uint32_t CaptureByShadow(Thread* t, const Site& site, uint64_t generation,
                                           bool memo_in_use, uint64_t* hash) {
  ShadowStack& s = t->shadow;
  const auto short_generation = static_cast<uint32_t>(generation);
  bool keep = false;
  uint64_t key = 0;
  uint32_t good;
  const uint32_t current = s.Current(site, PathSeed(generation, false), &good);
  if (current != kShadowFrames) {
    *hash = s.hashes[current];
    if (__builtin_expect(s.frames[current].id != 0, 1)) return s.frames[current].id;
    s.count = current + 1;
  } else {
    if (memo_in_use) {
      const MemoEntry* e = t->memo.Find(site, t->bounds.high, short_generation, &key);
      if (e != nullptr) {
        *hash = e->hash;
        return e->id;
      }
      keep = true;
    }
    if (__builtin_expect(!s.Update(site, t->bounds.high, good), 0))
      return CapturePlainly(t, site, hash);
    *hash = s.hashes[s.count - 1];
  }
  NoteDepth(t, Depth(t, site.sp));
  if (__builtin_expect(s.count > options.DEPTH, 0)) return CutShadowId(t, hash);
  uint32_t id = s.frames[s.count - 1].id;
  if (id == 0) id = ShadowId(t);
  if (keep) t->memo.Keep(site, key, short_generation, s, id);
  return id;
}

// `hash` gets the path hash of the stack; it is only looked at by verification.
uint32_t CaptureNatively(Thread* t, const Site& site, bool memo_in_use, uint64_t* hash) {
  const bool own_stack = site.sp - t->bounds.low < t->bounds.high - t->bounds.low;
  if (__builtin_expect(!own_stack || libunwind_walks, 0)) {
    // A main thread's stack that grew is its own from the second event on: the walk notices.
    return CapturePlainly(t, site, hash);
  }
  const uint64_t generation = module_generation.load(std::memory_order_relaxed);
  return CaptureByShadow(t, site, generation, memo_in_use, hash);
}

// Walks again, by libunwind and by our rules without any cache, and compares all three.
void Verify(Thread* t, const Site& site, uint64_t hash, uint64_t generation) {
  Walk* walk = &t->walk;
  WalkStack(site, &t->bounds, static_cast<uint32_t>(options.DEPTH), walk);
  // A stack cut at either end is no witness: libunwind may know more of it, or less.
  if (walk->cut || walk->count == options.DEPTH) return;
  // Hashes change with the generation, which another thread's dlclose may just have moved on.
  const uint64_t fresh = HashFrames(walk->frames, walk->count, false, walk->hashes);
  if (module_generation.load() != generation) return;
  const bool same = fresh == hash && LibunwindAgrees(site, t->bounds, *walk);
  __atomic_fetch_add(&process->spool->verified, 1u, __ATOMIC_RELAXED);
  if (!same) __atomic_fetch_add(&process->spool->different, 1u, __ATOMIC_RELAXED);
  if (FramesByTables(*walk) != walk->count)
    __atomic_fetch_add(&process->spool->verified_part, 1u, __ATOMIC_RELAXED);
}

[[gnu::noinline]] uint32_t CaptureVerified(Thread* t, const Site& site) {
  const uint64_t generation = module_generation.load();
  const bool memo_in_use = t->memo.Resumes();
  uint64_t hash;
  uint32_t id;
  const MemoEntry* e =
      memo_in_use ? t->memo.FindGuessed(site, static_cast<uint32_t>(generation)) : nullptr;
  if (e != nullptr) {
    id = e->id;
    hash = e->hash;
  } else {
    id = CaptureNatively(t, site, memo_in_use, &hash);
  }
  Verify(t, site, hash, generation);
  return id;
}

}  // namespace

uint32_t CaptureUnguessed(Thread* t, const Site& site, bool memo_was_asked) {
  uint64_t hash;
  if (__builtin_expect(libunwind_verifies, 0)) return CaptureVerified(t, site);
  return CaptureNatively(t, site, memo_was_asked || t->memo.Resumes(), &hash);
}

}  // namespace allocprof
