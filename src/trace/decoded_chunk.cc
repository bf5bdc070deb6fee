// SPDX-License-Identifier: Apache-2.0
#include "trace/decoded_chunk.h"

#include <algorithm>
#include <string>

#include "trace/combine.h"
#include "wire/base64.h"

namespace allocprof::trace {

using wire::Event;
using wire::Record;

namespace {

bool IsKnown(const Event& extended) {
  if (extended.flags == static_cast<uint8_t>(wire::Extended::kRegion)) return true;
  return extended.flags == static_cast<uint8_t>(wire::Extended::kPool) &&
         (extended.depth & 3) <= static_cast<uint64_t>(wire::PoolOp::kReset);
}

}  // namespace

void DecodedChunk::Damaged(const Chunk& chunk, const char* what) {
  damage.push_back({"chunk of thread " + std::to_string(chunk.thread) + " at " +
                        std::to_string(chunk.first_position),
                    what});
}

void DecodedChunk::Decode(const Chunk& chunk, const Process* process) {
  stacks.clear();
  events.clear();
  totals = {};
  readable = false;
  skipped_kinds = 0;
  damage.clear();
  const uint8_t* bytes;
  size_t n;
  if (chunk.packed != nullptr) {
    bytes = reinterpret_cast<const uint8_t*>(chunk.packed->data());
    n = chunk.packed->size();
  } else {
    packed_.resize(chunk.base64.size() / 4 * 3 + 3);
    const ptrdiff_t size =
        wire::DecodeBase64(chunk.base64.data(), chunk.base64.size(), packed_.data());
    if (size < 0) {
      Damaged(chunk, "its data is not base64");
      return;
    }
    bytes = packed_.data();
    n = static_cast<size_t>(size);
  }
  readable = true;
  wire::BlockReader reader(bytes, n);
  bool ordered = true;
  for (Event e; reader.Next(&e);) {
    totals.Add(e);
    if (process != nullptr) Place(*process, &e);
    switch (e.kind) {
      case Record::kDefine:
      case Record::kDeeper:
        stacks.push_back(e);
        break;
      case Record::kAlloc:
      case Record::kFree:
      case Record::kReallocFree:
      case Record::kFailed:
        ordered = ordered && (events.empty() || events.back().stamp <= e.stamp);
        events.push_back(e);
        break;
      case Record::kExtended:
        if (e.flags == static_cast<uint8_t>(wire::Extended::kCost)) {
          // Of no event when it opens a damaged block.
          if (!events.empty()) events.push_back(e);
        } else if (IsKnown(e)) {
          ordered = ordered && (events.empty() || events.back().stamp <= e.stamp);
          events.push_back(e);
        } else {
          skipped_kinds++;
        }
        break;
      default:
        skipped_kinds++;
        break;
    }
  }
  if (reader.damaged()) Damaged(chunk, "its records end before their time");
  if (totals.events != chunk.events) Damaged(chunk, "it does not hold the events that it says");
  // A signal handler's events were stamped inside the hook that they interrupted.
  if (!ordered) {
    std::stable_sort(events.begin(), events.end(),
                     [](const Event& a, const Event& b) { return a.stamp < b.stamp; });
  }
}

}  // namespace allocprof::trace
