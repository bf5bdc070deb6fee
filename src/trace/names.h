// SPDX-License-Identifier: Apache-2.0
//
// What regions and pools are called. A name is known by a number of its process; one whose record
// is lost shows as "region 7".
//
// Cost: a look-up in a tree a question. Thread-safety: read only. Keeps references to the trace.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "trace/trace.h"

namespace allocprof::trace {

class Names {
 public:
  explicit Names(const Trace& trace);

  // Index of the process that a thread, by the trace's number, belongs to.
  uint32_t ProcessOf(uint32_t thread) const;

  std::string Region(uint32_t process, uint64_t id) const { return Of(process, id, "region"); }
  std::string Pool(uint32_t process, uint64_t id) const { return Of(process, id, "pool"); }

 private:
  std::string Of(uint32_t process, uint64_t id, const char* kind) const;

  std::map<std::pair<uint32_t, uint64_t>, const std::string*> names_;  // by process and id
  std::map<uint32_t, uint32_t> process_of_thread_;                     // when there are several
};

}  // namespace allocprof::trace
