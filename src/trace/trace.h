// SPDX-License-Identifier: Apache-2.0
//
// A trace as read from disk: the plain records, and an index of the event chunks. It holds one
// process, or several that were merged or are read together: see combine.h.
//
// Owns: the mapped file and what a leftover spool added. The file is hostile: every line is parsed
// for itself, and one that is not what it says becomes a Damage and is left out. A trace cut
// anywhere reads as far as it goes. Format: src/wire/FORMAT.md.
// Thread-safety: immutable after Load.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "base/status.h"
#include "trace/module_symbols.h"
#include "trace/resources.h"

namespace allocprof::trace {

// The first process of the run that a process was recorded in; pid 0: not known.
struct Root {
  uint32_t pid = 0;
  uint64_t start_ticks = 0;
  std::string output;  // absolute path after which the run's traces are named

  bool operator==(const Root&) const = default;
};

struct Header {
  uint64_t major = 0, minor = 0;  // of the format
  uint32_t pid = 0;
  uint32_t ppid = 0;
  uint32_t forked_from = 0;
  uint64_t start_ticks = 0;
  Root root;
  std::string exe;
  std::vector<std::string> argv;
  bool tsc = true;
  uint64_t stamp = 0;    // of the start, in stamp units
  uint64_t ns = 0;       // the same moment, CLOCK_MONOTONIC
  uint64_t real_ns = 0;  // the same moment, CLOCK_REALTIME
  std::string unwind;
  bool free_stacks = true;
  uint64_t ring_bytes = 0, depth = 0;  // options in force
  bool spool_on_disk = true;
  std::string allocator;       // path of the module whose malloc serves the program; may be empty
  std::string hooked = "all";  // what of its calls is recorded: all, libraries, none
};

// Stamps of a process's own clock as stamps of the trace.
struct ClockMap {
  bool same = true;
  uint64_t from = 0, to = 0;
  double scale = 1;

  uint64_t operator()(uint64_t stamp) const;
  uint64_t Duration(uint64_t cycles) const;
};

struct Module {
  uint32_t id = 0;
  std::string path;
  std::string build_id;
  uint64_t bias = 0;
  uint64_t low = 0, high = 0;
  uint64_t loaded = 0;
  uint64_t unloaded = UINT64_MAX;  // stamp
};

struct Thread {
  uint32_t id = 0;
  uint32_t tid = 0;
  std::string name;
  uint64_t stack_low = 0, stack_base = 0;
  uint64_t stack_limit = 0;  // bytes; 0 = unlimited or unknown
  uint64_t depth_max = 0;
  uint64_t stack_high_water = 0;  // bytes of the stack ever touched; 0 = not measured
  uint64_t start = 0;
  uint32_t process = 0;  // index into Trace::processes
};

struct Mark {
  uint64_t stamp = 0;
  std::string name;
};

// What a program calls a region or a pool; see names.h.
struct Name {
  uint32_t id = 0;  // the process's own
  std::string text;
  uint32_t process = 0;  // index into Trace::processes
};

struct Chunk {
  uint32_t thread = 0;
  uint64_t first_position = 0, last_position = 0;
  uint64_t events = 0;
  uint64_t first_stamp = 0, last_stamp = 0;
  std::string_view base64;              // in the mapped file, or
  const std::string* packed = nullptr;  // from the spool
  uint32_t process = 0;                 // index into Trace::processes
};

// How the process ended, as far as can be told.
enum class Ending { kExit, kUnderscoreExit, kQuickExit, kExec, kRunning, kDied };

// "exit", "_exit", "quick_exit", "exec", "running", "died".
const char* EndingName(Ending ending);
std::optional<Ending> EndingNamed(std::string_view name);

struct Totals {
  uint64_t events = 0, allocations = 0, frees = 0, reallocations = 0, allocated_bytes = 0,
           failed = 0;
  uint64_t definitions = 0, chunks = 0;
};

struct Lost {
  std::string why;
  uint64_t events;
};

struct Damage {
  std::string where;  // "line 12", "spool ring 3"
  std::string what;
  bool unfinished = false;  // a process that runs is about to write it
};

// A spool in pieces, as a copied trace holds it. Between the pieces it is zero.
struct SpoolCopy {
  std::string bytes;
  uint64_t held = 0;  // of these, by the pieces
};

// One of the processes of a trace, and how what it recorded becomes a part of the whole.
struct Process {
  std::string path;  // of its own trace
  Header header;
  bool complete = false;
  Ending ending = Ending::kDied;
  std::optional<int> exit_status;
  uint64_t start_stamp = 0;         // these three by the clock of the trace
  uint64_t end_stamp = UINT64_MAX;  // events after it are not part of the trace
  uint64_t last_stamp = 0;          // the last that is known of it
  uint64_t tag = 0;                 // added to its addresses: no two processes share one
  ClockMap clock;
};

struct Trace {
  std::string path;
  MappedFile file;
  bool merged = false;    // the file holds several processes, each begun by a "process" record
  std::string_view text;  // the lines of the one process, in its own file or in the merged one
  std::deque<std::string> spool_blocks;
  SpoolCopy spool_copy;  // of a copied trace, until it is merged

  std::vector<Process> processes;  // at least one after Load
  // Of several processes each for itself, whose bytes the chunks here are: empty for one.
  std::vector<std::shared_ptr<Trace>> parts;

  Header header;  // of several processes: of the first, with the earliest start
  std::vector<Module> modules;
  std::vector<ModuleSymbols> symbols;  // of a symbolised trace, in the order of the file
  std::vector<Thread> threads;
  std::vector<Sample> samples;  // in time order
  std::vector<Mark> marks;      // in time order
  std::vector<Name> names;      // of regions and pools
  std::vector<Chunk> chunks;    // by thread, then position; each position once
  std::vector<Damage> damage;

  // Of several processes: all are, any is, the first's, the sum, as the member suggests.
  bool complete = false;  // the end record is there
  bool from_spool = false;
  Ending ending = Ending::kDied;
  std::optional<int> exit_status;
  uint64_t end_stamp = UINT64_MAX;  // events after it are not part of the trace
  std::optional<Totals> totals;     // from the end record, to be proved again
  std::vector<Lost> lost;
  uint64_t drain_cycles = 0, hook_cycles = 0, mapped_bytes = 0;
  uint64_t drain_ns = 0;  // of processor time; 0 in traces of minor version 0
  uint64_t stacks_cut = 0, stacks_verified = 0, stacks_different = 0;
  uint64_t stacks_verified_part = 0;  // as far as unwind tables reach
  bool window = false;
  Resources resources;

  // Stamp units per second, from the clock pairs; false when the trace holds only one.
  double stamps_per_second = 0;
  bool rate_known = false;

  uint64_t last_stamp() const;
  double Seconds(uint64_t stamp) const;
  // Estimate of the processor time that recording took.
  double RecordingSeconds() const;
};

// Reads `path` and, if it is there and belongs to it, `path`.spool.
Result<Trace> Load(const std::string& path);

// Reads several as one; fails if one of them cannot be read.
Result<Trace> Load(const std::vector<std::string>& paths);

// Measures the trace's clock by its header and its last sample.
void FindRate(Trace* trace);

}  // namespace allocprof::trace
