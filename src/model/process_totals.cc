// SPDX-License-Identifier: Apache-2.0
#include "model/process_totals.h"

#include <algorithm>

#include "trace/trace.h"

namespace allocprof::model {

ProcessTotalsObserver::ProcessTotalsObserver(const ReplayContext& context)
    : numbers_(context.thread_numbers),
      processes_(context.trace.processes.size()),
      live_(context.trace.processes.size()) {
  // Chunks, not threads: the record of a thread may be lost. Numbers of several processes' threads
  // count up from one.
  for (const trace::Chunk& c : context.trace.chunks) {
    if (c.thread >= process_of_number_.size()) process_of_number_.resize(size_t{c.thread} + 1);
    process_of_number_[c.thread] = c.process;
  }
}

uint32_t ProcessTotalsObserver::ProcessOf(uint32_t thread) {
  while (process_of_thread_.size() <= thread) {
    process_of_thread_.push_back(process_of_number_[numbers_[process_of_thread_.size()]]);
  }
  return process_of_thread_[thread];
}

void ProcessTotalsObserver::Touch(Live* l) {
  if (l->peak_epoch == peak_epoch_) return;
  l->bytes_at_peak = l->bytes;
  l->peak_epoch = peak_epoch_;
}

void ProcessTotalsObserver::OnBirth(const Block& block, const Moment& /*at*/,
                                    const Block* /*reallocated_from*/) {
  const uint32_t process = ProcessOf(block.thread);
  ProcessTotals& p = processes_[process];
  p.allocations++;
  p.allocated_bytes += block.size;
  Live& l = live_[process];
  Touch(&l);
  l.bytes += block.size;
  p.own_peak_bytes = std::max(p.own_peak_bytes, l.bytes);
  live_bytes_ += block.size;
  if (live_bytes_ > peak_bytes_) {
    peak_bytes_ = live_bytes_;
    peak_epoch_++;
  }
}

void ProcessTotalsObserver::OnDeath(const Block& block, const Moment& at, const Death& death) {
  const uint32_t process = ProcessOf(block.thread);
  if (death.cause == DeathCause::kFree) {
    processes_[ProcessOf(at.stack.thread)].frees++;
    if (death.temporary) processes_[process].temporary++;
  }
  Drop(process, block.size);
}

void ProcessTotalsObserver::OnOldDeath(const Block& block, const Moment& at, const Death& death) {
  if (death.cause == DeathCause::kFree) processes_[ProcessOf(at.stack.thread)].frees++;
  Drop(ProcessOf(block.thread), block.size);
}

void ProcessTotalsObserver::OnProcessEnd(uint32_t process, uint64_t /*stamp*/,
                                         const std::vector<Block>& left) {
  for (const Block& block : left) Drop(process, block.size);
}

void ProcessTotalsObserver::Drop(uint32_t process, uint64_t bytes) {
  Live& l = live_[process];
  Touch(&l);
  l.bytes -= bytes;
  live_bytes_ -= bytes;
}

void ProcessTotalsObserver::Start(const std::vector<Block>& live) {
  for (const Block& block : live) {
    live_[ProcessOf(block.thread)].bytes += block.size;
    live_bytes_ += block.size;
  }
  peak_bytes_ = live_bytes_;
  for (size_t i = 0; i < live_.size(); i++) processes_[i].own_peak_bytes = live_[i].bytes;
}

void ProcessTotalsObserver::OnUnknownFree(uint64_t /*address*/, const Moment& at) {
  processes_[ProcessOf(at.stack.thread)].frees++;
}

void ProcessTotalsObserver::Finish(const ReplayEnd& end, const std::vector<Block>& live,
                                   Profile* /*profile*/) {
  for (size_t i = 0; i < processes_.size(); i++) {
    Live& l = live_[i];
    processes_[i].peak_bytes = l.peak_epoch == peak_epoch_ ? l.bytes_at_peak : l.bytes;
  }
  for (const Block& block : live) {
    if (block.old) continue;
    ProcessTotals& p = processes_[ProcessOf(block.thread)];
    p.leaked_bytes += block.size;
    p.leaked_blocks++;
    p.leaked_by_site[block.site] += block.size;
  }
  for (size_t i = 0; i < end.abandoned_reallocs.size(); i++) {
    processes_[ProcessOf(static_cast<uint32_t>(i))].frees += end.abandoned_reallocs[i];
  }
}

std::shared_ptr<Observer> MakeProcessTotals(const ReplayContext& context) {
  if (context.trace.processes.size() < 2) return nullptr;
  return std::make_shared<ProcessTotalsObserver>(context);
}

}  // namespace allocprof::model
