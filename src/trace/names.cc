// SPDX-License-Identifier: Apache-2.0
#include "trace/names.h"

namespace allocprof::trace {

Names::Names(const Trace& trace) {
  // The spool repeats what the document has: the first counts.
  for (const Name& n : trace.names) names_.try_emplace({n.process, n.id}, &n.text);
  if (trace.processes.size() < 2) return;
  for (const Chunk& c : trace.chunks) process_of_thread_[c.thread] = c.process;
}

uint32_t Names::ProcessOf(uint32_t thread) const {
  const auto it = process_of_thread_.find(thread);
  return it == process_of_thread_.end() ? 0 : it->second;
}

std::string Names::Of(uint32_t process, uint64_t id, const char* kind) const {
  const auto it = names_.find({process, id});
  return it != names_.end() ? *it->second : std::string(kind) + " " + std::to_string(id);
}

}  // namespace allocprof::trace
