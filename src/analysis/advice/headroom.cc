// SPDX-License-Identifier: Apache-2.0
#include "analysis/advice/headroom.h"

#include <algorithm>

#include "analysis/advice/rules.h"
#include "analysis/advice/thresholds.h"

namespace allocprof::analysis {

std::vector<uint64_t> InlineBytes(const Input& in) {
  std::vector<uint64_t> bytes(in.frames.functions().size());
  if (!OwnersKnown(in.profile)) return bytes;
  for (const Place& place : FindPlaces(in)) {
    if (place.allocations < kFewestAllocations) break;  // they come by their number
    const PlaceContext context = {.in = in,
                                  .place = place,
                                  .owner_name = "",
                                  .threads = std::max<size_t>(1, in.profile.threads.size())};
    if (const auto draft = AdviseInline(context)) bytes[place.function] += draft->inline_bytes;
  }
  return bytes;
}

}  // namespace allocprof::analysis
