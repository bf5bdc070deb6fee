// SPDX-License-Identifier: Apache-2.0
#include "model/timeline.h"

#include <algorithm>

namespace allocprof::model {

TimelineObserver::TimelineObserver(const ReplayContext& context)
    : trace_(context.trace), first_stamp_(std::max(trace_.header.stamp, context.window.from)) {
  const uint64_t last = context.window.to;
  interval_ =
      std::max<uint64_t>(1, (last > first_stamp_ ? last - first_stamp_ : 0) / kTimelinePoints + 1);
  next_point_ = first_stamp_ + interval_;
}

void TimelineObserver::Start(const std::vector<Block>& live) {
  for (const Block& block : live) live_ += block.size;
  now_.live_bytes = live_;
}

void TimelineObserver::OnBirth(const Block& block, const Moment& at,
                               const Block* /*reallocated_from*/) {
  if (at.stamp >= next_point_) Tick(at.stamp);
  live_ += block.size;
  now_.live_bytes = std::max(now_.live_bytes, live_);
  now_.allocations++;
  now_.allocated_bytes += block.size;
}

void TimelineObserver::OnDeath(const Block& block, const Moment& at, const Death& /*death*/) {
  if (at.stamp >= next_point_) Tick(at.stamp);
  live_ -= block.size;
  now_.deaths++;
}

void TimelineObserver::OnProcessEnd(uint32_t /*process*/, uint64_t stamp,
                                    const std::vector<Block>& left) {
  if (stamp >= next_point_) Tick(stamp);
  for (const Block& block : left) live_ -= block.size;
}

void TimelineObserver::Tick(uint64_t stamp) {
  while (stamp >= next_point_ && points_.size() < kTimelinePoints) PushPoint();
}

void TimelineObserver::PushPoint() {
  now_.stamp = next_point_;
  now_.end_bytes = live_;
  points_.push_back(now_);
  next_point_ += interval_;
  now_ = {.live_bytes = live_};
}

void TimelineObserver::FillResident() {
  size_t i = 0;
  uint64_t rss = 0;
  for (TimelinePoint& point : points_) {
    for (; i < trace_.samples.size() && trace_.samples[i].stamp <= point.stamp; i++) {
      if (trace_.samples[i].rss != 0) rss = trace_.samples[i].rss;
    }
    point.rss_bytes = rss;
  }
}

void TimelineObserver::Finish(const ReplayEnd& end, const std::vector<Block>& /*live*/,
                              Profile* profile) {
  Tick(end.stamp);
  if (now_.live_bytes > 0 || now_.deaths > 0) PushPoint();
  FillResident();
  profile->timeline = std::move(points_);
}

}  // namespace allocprof::model
