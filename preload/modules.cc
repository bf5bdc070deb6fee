// SPDX-License-Identifier: Apache-2.0
#include "modules.h"

#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>

#include "clock.h"
#include "line.h"
#include "process.h"
#include "rule_table.h"
#include "trace_file.h"

namespace allocprof {
namespace {

// The build-id note (NT_GNU_BUILD_ID) of the module mapped at [low, high); at most 64 bytes.
size_t BuildId(uintptr_t low, uintptr_t high, uintptr_t bias, uint8_t* out) {
  const auto* header = reinterpret_cast<const ElfW(Ehdr)*>(low);
  if (high - low < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return 0;
  if (header->e_phoff > high - low ||
      header->e_phnum * sizeof(ElfW(Phdr)) > high - low - header->e_phoff) {
    return 0;
  }
  const auto* segments = reinterpret_cast<const ElfW(Phdr)*>(low + header->e_phoff);
  for (int i = 0; i < header->e_phnum; i++) {
    if (segments[i].p_type != PT_NOTE) continue;
    uintptr_t at = bias + segments[i].p_vaddr;
    const uintptr_t end = at + segments[i].p_memsz;
    if (at < low || end > high || end < at) continue;
    while (end - at >= sizeof(ElfW(Nhdr))) {
      const auto* note = reinterpret_cast<const ElfW(Nhdr)*>(at);
      const uintptr_t name = at + sizeof(*note);
      const uintptr_t body = name + ((note->n_namesz + 3u) & ~3u);
      const uintptr_t next = body + ((note->n_descsz + 3u) & ~3u);
      if (next < at || next > end) break;
      if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && note->n_descsz <= 64 &&
          memcmp(reinterpret_cast<const char*>(name), "GNU", 4) == 0) {
        memcpy(out, reinterpret_cast<const void*>(body), note->n_descsz);
        return note->n_descsz;
      }
      at = next;
    }
  }
  return 0;
}

// Appends the line to the spool's module log, where a reader finds it if trace.json could not take
// it. A full log is no loss while trace.json is written.
void LogModule(const char* line, size_t n) {
  wire::SpoolHeader* spool = process->spool;
  const uint64_t need = sizeof(wire::LogEntry) + ((n + 7) & ~size_t{7});
  const uint64_t at = __atomic_fetch_add(&spool->module_log_used, need, __ATOMIC_RELAXED);
  if (at + need > wire::kModuleLogBytes) return;
  char* entry = reinterpret_cast<char*>(spool) + wire::kSpoolPage + at;
  auto* head = reinterpret_cast<wire::LogEntry*>(entry);
  head->bytes = static_cast<uint32_t>(n);
  memcpy(entry + sizeof(*head), line, n);
  __atomic_store_n(&head->ready, 1u, __ATOMIC_RELEASE);
}

bool SameModule(const Module& m, const dl_find_object& object) {
  return m.low == reinterpret_cast<uintptr_t>(object.dlfo_map_start) &&
         m.high == reinterpret_cast<uintptr_t>(object.dlfo_map_end) &&
         m.link_map == object.dlfo_link_map && m.unwind == object.dlfo_eh_frame;
}

void MarkUnloaded(Module* m) {
  uint32_t loaded = 0;
  if (!m->unloaded.compare_exchange_strong(loaded, 1)) return;
  module_generation.fetch_add(1);
  char buffer[128];
  Line line(buffer, sizeof(buffer));
  line.Raw("{").Field("k", "unload").Field("id", m->id).Field("t", Stamp()).Raw("},\n");
  LogModule(line.begin(), line.size());
  WriteTrace(line.begin(), line.size());
}

}  // namespace

void NoteModule(const dl_find_object& object) {
  const auto low = reinterpret_cast<uintptr_t>(object.dlfo_map_start);
  const auto high = reinterpret_cast<uintptr_t>(object.dlfo_map_end);
  for (Module* m = process->modules.load(std::memory_order_acquire); m != nullptr; m = m->next) {
    if (m->unloaded.load(std::memory_order_relaxed) != 0) continue;
    if (SameModule(*m, object)) return;
    // libc closed something by itself and this came in its place.
    if (low < m->high && m->low < high) MarkUnloaded(m);
  }

  const uint32_t index = process->module_count.fetch_add(1, std::memory_order_relaxed);
  if (index >= kMaxModules) return;
  Module* m = &process->module_memory[index];
  m->low = low;
  m->high = high;
  m->link_map = object.dlfo_link_map;
  m->unwind = object.dlfo_eh_frame;
  m->id = index + 1;

  const char* path = object.dlfo_link_map->l_name;
  const bool is_program = path == nullptr || *path == '\0';
  uint8_t build_id[64];
  const size_t build_id_bytes = BuildId(low, high, object.dlfo_link_map->l_addr, build_id);
  // On this thread's stack, hence short: a path over 700 bytes is left out (kept by build-id).
  char buffer[1024];
  Line line(buffer, sizeof(buffer));
  line.Raw("{").Field("k", "module").Field("id", m->id).Key("path");
  const char* name = is_program ? exe_path : path;
  if (strlen(name) > 700) name = "";
  line.String(name).Key("build_id").Hex(build_id, build_id_bytes);
  line.Field("bias", object.dlfo_link_map->l_addr).Field("low", low).Field("high", high);
  line.Field("t", Stamp()).Raw("},\n");
  if (!line.full()) {
    LogModule(line.begin(), line.size());
    WriteTrace(line.begin(), line.size());
  }

  m->next = process->modules.load(std::memory_order_relaxed);
  while (!process->modules.compare_exchange_weak(m->next, m, std::memory_order_release)) {
  }
}

void RevalidateModules() {
  for (Module* m = process->modules.load(std::memory_order_acquire); m != nullptr; m = m->next) {
    if (m->unloaded.load(std::memory_order_relaxed) != 0) continue;
    dl_find_object object{};
    if (_dl_find_object(reinterpret_cast<void*>(m->low), &object) != 0 || !SameModule(*m, object)) {
      MarkUnloaded(m);
    }
  }
}

}  // namespace allocprof
