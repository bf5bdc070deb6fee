// SPDX-License-Identifier: Apache-2.0
#include "trace/trace.h"

#include <algorithm>
#include <utility>

#include "trace/combine.h"
#include "trace/document.h"
#include "trace/record_lines.h"
#include "trace/spool.h"

namespace allocprof::trace {
namespace {

// One position once: of two chunks that begin at the same place the longer one counts (a block that
// a dying process left both in trace.json and in the spool).
void DropRepeated(std::vector<Chunk>* chunks) {
  std::sort(chunks->begin(), chunks->end(), [](const Chunk& a, const Chunk& b) {
    if (a.thread != b.thread) return a.thread < b.thread;
    if (a.first_position != b.first_position) return a.first_position < b.first_position;
    return a.last_position > b.last_position;
  });
  chunks->erase(std::unique(chunks->begin(), chunks->end(),
                            [](const Chunk& a, const Chunk& b) {
                              return a.thread == b.thread && a.first_position == b.first_position;
                            }),
                chunks->end());
}

// The spool beside the trace, or the one that a copy carries in itself.
void MergeSpoolCopy(SpoolFile spool, Trace* trace) {
  if (spool.bytes.empty()) spool.bytes = std::move(trace->spool_copy.bytes);
  trace->spool_copy = {};
  if (!trace->complete && !spool.bytes.empty()) MergeSpool(std::move(spool), trace);
}

// What a trace of one process needs when all its records are there.
void FinishReading(Trace* trace) {
  if (trace->ending == Ending::kRunning) {
    std::erase_if(trace->damage, [](const Damage& d) { return d.unfinished; });
  }
  DropRepeated(&trace->chunks);
  std::stable_sort(trace->samples.begin(), trace->samples.end(),
                   [](const Sample& a, const Sample& b) { return a.stamp < b.stamp; });
  std::vector<Switch>& switches = trace->resources.switches;
  std::stable_sort(switches.begin(), switches.end(),
                   [](const Switch& a, const Switch& b) { return a.stamp < b.stamp; });
  std::stable_sort(trace->marks.begin(), trace->marks.end(),
                   [](const Mark& a, const Mark& b) { return a.stamp < b.stamp; });
  FindRate(trace);
  FillSingleProcess(trace);
}

// A process that has ended meanwhile has written more, and what was read is neither its profile so
// far nor all of it.
constexpr int kMostTries = 5;

Result<Trace> LoadAsItIs(const std::string& path) {
  Trace trace;
  trace.path = path;
  // The spool first: what the process drains while we read then stands in both, and counts once.
  SpoolFile spool = ReadSpool(path == "-" ? std::string() : path + ".spool");
  Result<MappedFile> file = OpenDocument(path);
  if (!file.ok()) return file.status();
  trace.file = std::move(file.value());
  if (const Status s = ParseLines(&trace); !s.ok()) return s;
  if (!trace.parts.empty()) {
    for (const std::shared_ptr<Trace>& part : trace.parts) {
      MergeSpoolCopy(SpoolFile{}, part.get());
      FinishReading(part.get());
    }
    Combine(std::exchange(trace.parts, {}), &trace);
    return trace;
  }
  MergeSpoolCopy(std::move(spool), &trace);
  FinishReading(&trace);
  return trace;
}

}  // namespace

uint64_t Trace::last_stamp() const {
  uint64_t last = header.stamp;
  for (const Chunk& c : chunks) last = std::max(last, c.last_stamp);
  for (const Sample& s : samples) last = std::max(last, s.stamp);
  return std::min(last, end_stamp);
}

double Trace::Seconds(uint64_t stamp) const {
  if (stamp <= header.stamp) return 0;
  return static_cast<double>(stamp - header.stamp) / stamps_per_second;
}

double Trace::RecordingSeconds() const {
  const double drain = drain_ns != 0 ? static_cast<double>(drain_ns) / 1e9
                                     : static_cast<double>(drain_cycles) / stamps_per_second;
  return drain + static_cast<double>(hook_cycles) / stamps_per_second;
}

void FindRate(Trace* trace) {
  constexpr double kAssumedTsc = 2.5e9;
  trace->stamps_per_second = trace->header.tsc ? kAssumedTsc : 1e9;
  trace->rate_known = !trace->header.tsc;
  if (trace->samples.empty()) return;
  const Sample& last = trace->samples.back();
  if (last.ns <= trace->header.ns || last.stamp <= trace->header.stamp) return;
  trace->stamps_per_second = static_cast<double>(last.stamp - trace->header.stamp) * 1e9 /
                             static_cast<double>(last.ns - trace->header.ns);
  trace->rate_known = true;
}

Result<Trace> Load(const std::string& path) {
  for (int tries = 1;; tries++) {
    Result<Trace> loaded = LoadAsItIs(path);
    if (!loaded.ok() || loaded.value().ending != Ending::kRunning || loaded.value().merged ||
        path == "-" || tries == kMostTries ||
        EndingBySpool(path + ".spool", loaded.value().header) == Ending::kRunning) {
      return loaded;
    }
  }
}

Result<Trace> Load(const std::vector<std::string>& paths) {
  if (paths.size() == 1) return Load(paths.front());
  std::vector<std::shared_ptr<Trace>> parts;
  for (const std::string& path : paths) {
    Result<Trace> loaded = Load(path);
    if (!loaded.ok()) return loaded.status();
    const auto trace = std::make_shared<Trace>(std::move(loaded.value()));
    if (trace->parts.empty()) parts.push_back(trace);
    // A part's bytes are those of the whole file.
    for (const std::shared_ptr<Trace>& part : trace->parts) parts.emplace_back(trace, part.get());
  }
  Trace whole;
  whole.path = paths.front();
  Combine(std::move(parts), &whole);
  return whole;
}

}  // namespace allocprof::trace
