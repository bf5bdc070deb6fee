// SPDX-License-Identifier: Apache-2.0
#include "names.h"

#include <string.h>

#include "line.h"
#include "process.h"
#include "trace_file.h"

namespace allocprof {
namespace {

constexpr size_t kNameBytes = 256;  // what a name has beyond these is left out

// FNV-1a, then mixed; never 0, which marks an empty place.
uint64_t Hash(const char* name) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < kNameBytes && name[i] != '\0'; i++) {
    hash = (hash ^ static_cast<uint8_t>(name[i])) * 0x100000001b3u;
  }
  hash = (hash ^ hash >> 32) * 0x9fb21c651e98df25u;
  return hash | 1;
}

void Tell(uint32_t id, const char* name) {
  char buffer[6 * kNameBytes + 64];  // an escaped byte takes six
  Line line(buffer, sizeof(buffer));
  line.Raw("{").Field("k", "name").Field("id", id).Key("name");
  line.String(name, strnlen(name, kNameBytes)).Raw("},\n");
  WriteTrace(line.begin(), line.size());
}

}  // namespace

uint32_t NameId(const char* name) {
  const uint64_t hash = Hash(name);
  const auto first = static_cast<uint32_t>(hash >> 32);
  for (uint32_t i = 0; i < kMaxNames; i++) {
    const uint32_t place = (first + i) % kMaxNames;
    uint64_t seen = process->names[place].load(std::memory_order_acquire);
    if (seen == 0) {
      // The line goes first: whoever finds the hash finds the name in the trace. Two threads that
      // meet here may both tell it.
      Tell(place + 1, name);
      if (process->names[place].compare_exchange_strong(seen, hash, std::memory_order_acq_rel)) {
        return place + 1;
      }
    }
    if (seen == hash) return place + 1;
  }
  return 0;
}

}  // namespace allocprof
