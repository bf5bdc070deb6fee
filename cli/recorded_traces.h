// SPDX-License-Identifier: Apache-2.0
//
// Which traces a run has left behind, and what the first and last lines of one say.
//
// The figures are those of the header and of the end record; where a process made none, as one that
// was killed or replaced by exec, its events are counted, unless they are many. What cannot be read
// is left out. Thread-safety: none.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace allocprof::cli {

struct RecordedTrace {
  std::string path;
  uint64_t pid = 0;
  std::string exe;                      // base name
  std::optional<uint64_t> allocations;  // none when there would be too much to read
  bool runs = false;                    // the process has not ended: these are its figures so far
  bool own_malloc = false;              // none of its calls reached the recorder
};

// The traces that an output name can stand for, as they are before a run.
class TraceWatch {
 public:
  // `output` as in ALLOCPROF_OUTPUT: %p and %e stand for anything, %h for this host.
  explicit TraceWatch(const std::string& output);

  // Those made or changed since, the trace of `root` first.
  std::vector<RecordedTrace> NewTraces(pid_t root) const;

 private:
  using Identity = std::tuple<dev_t, ino_t, int64_t, int64_t, off_t>;  // with time and size

  std::map<std::string, Identity> Present() const;

  std::vector<std::string> patterns_;  // for glob(3)
  std::map<std::string, Identity> before_;
};

}  // namespace allocprof::cli
