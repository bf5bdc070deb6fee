// SPDX-License-Identifier: Apache-2.0
#include "analysis/owners.h"

#include <algorithm>
#include <iterator>

namespace allocprof::analysis {
namespace {

void AddTo(model::BlockSum* sum, const model::BlockSum& more) {
  sum->blocks += more.blocks;
  sum->bytes += more.bytes;
}

bool IsPlumbingFrame(const Frames& frames, const std::vector<FrameRef>& refs) {
  return std::all_of(refs.begin(), refs.end(), [&](const FrameRef& ref) {
    return frames.functions()[ref.function].plumbing;
  });
}

}  // namespace

void Owners::Merge(const Owners& other) {
  for (size_t i = 0; i < std::size(up); i++) AddTo(&up[i], other.up[i]);
  AddTo(&escaped, other.escaped);
  AddTo(&unknown, other.unknown);
  if (other.function_blocks > function_blocks) {
    function = other.function;
    function_blocks = other.function_blocks;
  }
  live_max += other.live_max;  // at most; they need not have been so at one time
}

FrameCounter::Place FrameCounter::Next(uint32_t location) {
  const std::vector<FrameRef>& refs = frames_.OfLocation(location);
  if (outside_ && !IsPlumbingFrame(frames_, refs)) up_++;
  const Place place = {up_, outside_ ? refs.back().function : asking_};
  outside_ = outside_ || std::any_of(refs.begin(), refs.end(),
                                     [&](const FrameRef& ref) { return ref.function == asking_; });
  return place;
}

bool OwnersKnown(const model::Profile& profile) {
  const auto* containment = profile.Find<model::Containment>();
  return containment != nullptr && containment->known();
}

Owners OwnersOf(const model::Profile& profile, const Frames& frames, uint32_t site) {
  return OwnersOf(profile, frames, site, frames.CallSite(profile.sites[site].node));
}

Owners OwnersOf(const model::Profile& profile, const Frames& frames, uint32_t site,
                uint32_t asking) {
  Owners owners;
  const auto* containment = profile.Find<model::Containment>();
  if (containment == nullptr || site >= containment->sites().size()) return owners;
  const model::SiteContainment& found = containment->sites()[site];
  for (const auto* sum : {&found.outlived, &found.other_thread, &found.leaked}) {
    AddTo(&owners.escaped, *sum);
  }
  owners.unknown = found.unknown;
  owners.live_max = found.live_max;

  const auto& nodes = profile.stacks.nodes();
  FrameCounter frame(frames, asking);
  uint32_t node = profile.sites[site].node;
  for (size_t i = 0; i < found.owned.size() && node != 0; i++, node = nodes[node].parent) {
    const FrameCounter::Place place = frame.Next(nodes[node].location);
    AddTo(&owners.up[std::min<size_t>(place.up, 3)], found.owned[i]);
    if (found.owned[i].blocks > owners.function_blocks) {
      owners.function_blocks = found.owned[i].blocks;
      owners.function = place.function;
    }
  }
  return owners;
}

}  // namespace allocprof::analysis
