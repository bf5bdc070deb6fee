// SPDX-License-Identifier: Apache-2.0
#include "analysis/own_peaks.h"

#include <algorithm>

#include "analysis/analysis.h"
#include "model/block_replay.h"
#include "model/group_peaks.h"

namespace allocprof::analysis {
namespace {

// Outermost first, each once however often it recurs.
std::vector<uint32_t> FunctionsOf(const Input& in, uint32_t node) {
  std::vector<uint32_t> functions;
  const std::vector<uint32_t> chain = in.frames.Chain(node);  // innermost first, as are inlines
  for (auto it = chain.rbegin(); it != chain.rend(); ++it) {
    const auto& refs = in.frames.OfLocation(in.profile.stacks.nodes()[*it].location);
    for (auto ref = refs.rbegin(); ref != refs.rend(); ++ref) {
      if (std::find(functions.begin(), functions.end(), ref->function) == functions.end()) {
        functions.push_back(ref->function);
      }
    }
  }
  return functions;
}

}  // namespace

std::vector<uint64_t> OwnPeaks(const Input& in) {
  const model::Profile& profile = in.profile;
  std::vector<std::vector<uint32_t>> functions_of_site(profile.sites.size());
  for (size_t i = 0; i < functions_of_site.size(); i++) {
    if (in.facts[i].selected) functions_of_site[i] = FunctionsOf(in, profile.sites[i].node);
  }
  // The same events give the same sites again.
  model::StackTree stacks;
  model::BlockReplay replay(*profile.trace, &stacks, profile.split, profile.window,
                            model::BlockReplay::ThreadPays(*profile.trace));
  model::GroupPeaks peaks(std::move(functions_of_site), in.frames.functions().size());
  replay.Observe(&peaks);
  trace::Replay(*profile.trace, &replay);
  model::Profile unused;
  replay.Finish(&unused);
  return peaks.peaks();
}

}  // namespace allocprof::analysis
