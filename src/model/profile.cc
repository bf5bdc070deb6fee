// SPDX-License-Identifier: Apache-2.0
#include "model/profile.h"

#include "model/block_replay.h"
#include "model/observers.h"
#include "model/totals.h"

namespace allocprof::model {

Profile BuildProfile(std::shared_ptr<const trace::Trace> trace, const BuildOptions& options) {
  Profile profile;
  profile.trace = std::move(trace);
  BlockReplay replay(*profile.trace, &profile.stacks, options.split, options.window,
                     BlockReplay::ThreadPays(*profile.trace));
  ReplayContext context = replay.context();
  context.code = options.code;
  context.at = options.at;
  context.frees = options.frees;
  profile.window = context.window;
  profile.split = options.split;
  std::vector<std::shared_ptr<Observer>> observers;
  for (const ObserverRow& row : Observers()) {
    std::shared_ptr<Observer> observer = row.make(context);
    if (observer == nullptr) continue;
    replay.Observe(observer.get());
    observers.push_back(std::move(observer));
  }
  trace::ReplayOptions replay_options(*profile.trace);
  replay_options.progress = options.progress;
  profile.replay = trace::Replay(*profile.trace, &replay, replay_options);
  replay.Finish(&profile);
  profile.undefined_stacks = replay.undefined_stacks();
  profile.observers.assign(observers.begin(), observers.end());
  return profile;
}

Totals ReplayTotals(const trace::Trace& trace) {
  Profile profile;
  BlockReplay replay(trace, &profile.stacks);
  TotalsObserver totals(replay.context());
  replay.Observe(&totals);
  trace::Replay(trace, &replay);
  replay.Finish(&profile);
  return profile.totals;
}

}  // namespace allocprof::model
