// SPDX-License-Identifier: Apache-2.0
//
// Any observer over a recording told by hand.
#pragma once

#include "model/block_replay.h"
#include "model/profile.h"
#include "support/recording.h"

namespace allocprof::model {

// What an observer says of a recording; the tree of its stacks goes with it.
template <typename Kind>
struct Observed {
  std::shared_ptr<const trace::Trace> trace;
  StackTree stacks;
  std::unique_ptr<BlockReplay> replay;
  std::unique_ptr<Kind> observer;
  Profile profile;

  // `more`: what the observer is made from besides.
  template <typename... More>
  explicit Observed(const test::Recording& recording, const More&... more)
      : trace(recording.Load()) {
    replay = std::make_unique<BlockReplay>(*trace, &stacks);
    observer = std::make_unique<Kind>(replay->context(), more...);
    replay->Observe(observer.get());
    trace::Replay(*trace, replay.get());
    replay->Finish(&profile);
  }
  const Kind* operator->() const { return observer.get(); }
};

}  // namespace allocprof::model
