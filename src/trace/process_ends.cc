// SPDX-License-Identifier: Apache-2.0
#include "trace/process_ends.h"

#include <algorithm>

namespace allocprof::trace {

ProcessEnds::ProcessEnds(const Trace& trace) : trace_(trace), several_(trace.processes.size() > 1) {
  if (!several_) return;
  last_stamp_ = trace.last_stamp();
  threads_.resize(trace.processes.size());
}

void ProcessEnds::AddThread(uint32_t process) {
  if (!several_) return;
  const Process& p = trace_.processes[process];
  const bool known = p.end_stamp != UINT64_MAX && p.ending != Ending::kRunning;
  if (threads_[process]++ == 0 && known) ends_.emplace(p.end_stamp, process);
}

void ProcessEnds::EndThread(uint32_t process, uint64_t stamp) {
  if (!several_ || --threads_[process] != 0) return;
  const Process& p = trace_.processes[process];
  if (p.end_stamp != UINT64_MAX || p.ending == Ending::kRunning) return;
  ends_.emplace(std::max(stamp, p.last_stamp), process);
}

void ProcessEnds::TellBefore(uint64_t stamp, EventSink* sink) {
  while (!ends_.empty() && ends_.top().first < stamp) {
    const auto [end, process] = ends_.top();
    ends_.pop();
    sink->OnProcessEnd(process, end);
  }
}

void ProcessEnds::Finish(EventSink* sink) { TellBefore(last_stamp_, sink); }

}  // namespace allocprof::trace
