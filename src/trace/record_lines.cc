// SPDX-License-Identifier: Apache-2.0
#include "trace/record_lines.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "trace/chunk_line.h"
#include "trace/module_symbols.h"
#include "trace/spool.h"
#include "wire/format.h"

namespace allocprof::trace {
namespace {

using nlohmann::json;

constexpr std::string_view kDataKey = "\"data\":\"";
constexpr std::string_view kProcessStart = "{\"k\":\"process\",";

// A longer one is no name.
constexpr size_t kMostNameBytes = size_t{1} << 16;

constexpr const char* kEndingNames[] = {"exit", "_exit", "quick_exit", "exec", "running", "died"};

// Mapped pages of lines that were read are given back in pieces of this size.
constexpr size_t kForgetBytes = size_t{16} << 20;

// Missing or mistyped members read as zero: a record must not be able to throw.
uint64_t U64(const json& j, const char* key) {
  const auto it = j.find(key);
  return it != j.end() && it->is_number_unsigned() ? it->get<uint64_t>() : 0;
}
uint32_t U32(const json& j, const char* key) {
  return static_cast<uint32_t>(std::min<uint64_t>(U64(j, key), UINT32_MAX));
}
std::string Text(const json& j, const char* key) {
  const auto it = j.find(key);
  return it != j.end() && it->is_string() ? it->get<std::string>() : std::string();
}
std::pair<uint64_t, uint64_t> Pair(const json& j, const char* key) {
  const auto it = j.find(key);
  if (it == j.end() || !it->is_array() || it->size() != 2) return {0, 0};
  const json &a = (*it)[0], &b = (*it)[1];
  if (!a.is_number_unsigned() || !b.is_number_unsigned()) return {0, 0};
  return {a.get<uint64_t>(), b.get<uint64_t>()};
}

const json& Object(const json& j, const char* key) {
  static const json none = json::object();
  const auto it = j.find(key);
  return it != j.end() && it->is_object() ? *it : none;
}

bool ParseModule(const json& j, Trace* trace) {
  Module m;
  m.id = U32(j, "id");
  m.path = Text(j, "path");
  m.build_id = Text(j, "build_id");
  m.bias = U64(j, "bias");
  m.low = U64(j, "low");
  m.high = U64(j, "high");
  m.loaded = U64(j, "t");
  if (m.id == 0 || m.low >= m.high) return false;
  const auto same = [&](const Module& other) { return other.id == m.id; };
  // The spool's log repeats what trace.json has.
  if (std::none_of(trace->modules.begin(), trace->modules.end(), same)) {
    trace->modules.push_back(std::move(m));
  }
  return true;
}

bool ParseUnload(const json& j, Trace* trace) {
  for (Module& m : trace->modules) {
    if (m.id == U32(j, "id")) m.unloaded = U64(j, "t");
  }
  return true;
}

bool ParseThread(const json& j, Trace* trace) {
  Thread t;
  t.id = U32(j, "id");
  t.tid = U32(j, "tid");
  t.name = Text(j, "name");
  std::tie(t.stack_low, t.stack_base) = Pair(j, "stack");
  t.stack_limit = U64(j, "limit");
  t.depth_max = U64(j, "depth_max");
  t.stack_high_water = U64(j, "high_water");
  t.start = U64(j, "t");
  if (t.id == 0) return false;
  for (Thread& known : trace->threads) {
    if (known.id == t.id) {
      t.depth_max = std::max(t.depth_max, known.depth_max);
      known = std::move(t);
      return true;
    }
  }
  trace->threads.push_back(std::move(t));
  return true;
}

bool ParseName(const json& j, Trace* trace) {
  Name n{U32(j, "id"), Text(j, "name"), 0};
  if (n.id == 0 || n.text.empty() || n.text.size() > kMostNameBytes) return false;
  trace->names.push_back(std::move(n));
  return true;
}

bool AddChunk(const Chunk& c, Trace* trace) {
  if (c.thread == 0 || c.last_position <= c.first_position) return false;
  trace->chunks.push_back(c);
  return true;
}

bool ParseChunk(const json& j, std::string_view data, Trace* trace) {
  Chunk c;
  c.thread = U32(j, "thread");
  std::tie(c.first_position, c.last_position) = Pair(j, "pos");
  c.events = U64(j, "events");
  std::tie(c.first_stamp, c.last_stamp) = Pair(j, "t");
  c.base64 = data;
  return AddChunk(c, trace);
}

// What an end record and the state of a process without one have in common.
void ParseCounters(const json& j, Trace* trace) {
  for (const auto& [why, n] : Object(j, "lost").items()) {
    if (n.is_number_unsigned() && n.get<uint64_t>() != 0)
      trace->lost.push_back({why, n.get<uint64_t>()});
  }
  const json& overhead = Object(j, "overhead");
  trace->drain_cycles = U64(overhead, "drain");
  trace->hook_cycles = U64(overhead, "hooks");
  trace->drain_ns = U64(overhead, "drain_ns");
  trace->mapped_bytes = U64(overhead, "mapped_bytes");
  const json& unwind = Object(j, "unwind");
  trace->stacks_cut = U64(unwind, "cut");
  trace->stacks_verified = U64(unwind, "verified");
  trace->stacks_different = U64(unwind, "different");
  trace->stacks_verified_part = U64(unwind, "part");
}

bool ParseEnd(const json& j, Trace* trace) {
  const std::optional<Ending> reason = EndingNamed(Text(j, "reason"));
  if (!reason || *reason == Ending::kRunning || *reason == Ending::kDied) return false;
  trace->complete = true;
  trace->ending = *reason;
  if (const auto s = j.find("status"); s != j.end() && s->is_number_integer()) {
    trace->exit_status = s->get<int>();
  }
  trace->end_stamp = U64(j, "t");
  trace->samples.push_back(ParseSample(j));
  ParseResources(j, &trace->resources);
  const json& totals = Object(j, "totals");
  trace->totals =
      Totals{U64(totals, "events"),        U64(totals, "allocations"),     U64(totals, "frees"),
             U64(totals, "reallocations"), U64(totals, "allocated_bytes"), U64(totals, "failed"),
             U64(totals, "definitions"),   U64(totals, "chunks")};
  ParseCounters(j, trace);
  return true;
}

Header ParseHeaderMembers(const json& j) {
  Header h;
  h.major = U64(j, "allocprof");
  h.minor = U64(j, "minor");
  h.pid = U32(j, "pid");
  h.ppid = U32(j, "ppid");
  h.forked_from = U32(j, "forked_from");
  h.start_ticks = U64(j, "start_ticks");
  const json& root = Object(j, "root");
  h.root = {U32(root, "pid"), U64(root, "start_ticks"), Text(root, "output")};
  h.exe = Text(j, "exe");
  if (const auto argv = j.find("argv"); argv != j.end() && argv->is_array()) {
    for (const json& a : *argv) {
      if (a.is_string()) h.argv.push_back(a.get<std::string>());
    }
  }
  h.tsc = Text(j, "clock") != "monotonic";
  h.stamp = U64(j, "stamp");
  h.ns = U64(j, "ns");
  h.real_ns = U64(j, "real_ns");
  h.unwind = Text(j, "unwind");
  h.free_stacks = Text(j, "free_stacks") != "off";
  h.ring_bytes = U64(j, "ring");
  h.depth = U64(j, "depth");
  h.spool_on_disk = Text(j, "spool") != "memory";
  h.allocator = Text(j, "allocator");
  if (j.contains("hooked")) h.hooked = Text(j, "hooked");
  return h;
}

// The record that opens a process in a merged trace.
std::shared_ptr<Trace> ParseProcess(const json& j, const std::string& merged_path) {
  auto part = std::make_shared<Trace>();
  part->path = Text(j, "trace");
  if (part->path.empty()) part->path = merged_path;
  part->header = ParseHeaderMembers(j);
  const json& state = Object(j, "state");
  if (state.empty()) return part;
  part->ending = EndingNamed(Text(state, "ending")).value_or(Ending::kDied);
  part->from_spool = U64(state, "spool") != 0;
  part->window = U64(state, "window") != 0;
  if (const uint64_t end = U64(state, "t"); end != 0) part->end_stamp = end;
  if (const auto s = state.find("status"); s != state.end() && s->is_number_integer()) {
    part->exit_status = s->get<int>();
  }
  ParseCounters(state, part.get());
  ParseResources(state, &part->resources);
  return part;
}

// The text of a process goes up to where the next one begins.
void EndText(const char* end, Trace* part) {
  part->text = {part->text.data(), static_cast<size_t>(end - part->text.data())};
}

}  // namespace

const char* EndingName(Ending ending) { return kEndingNames[static_cast<size_t>(ending)]; }

std::optional<Ending> EndingNamed(std::string_view name) {
  for (size_t i = 0; i < std::size(kEndingNames); i++) {
    if (name == kEndingNames[i]) return static_cast<Ending>(i);
  }
  return std::nullopt;
}

Status ParseHeader(std::string_view line, Trace* trace) {
  const auto bad = [&](const std::string& what) {
    return Status(ErrorCode::kDamaged, trace->path + ": line 1: " + what);
  };
  // The header is the beginning of the document's one object: it ends in a comma.
  if (line.empty() || line.back() != ',') {
    return bad("not an allocprof trace, or cut inside its header; record the program again");
  }
  const json j = json::parse(std::string(line.substr(0, line.size() - 1)) + "}", nullptr, false);
  if (!j.is_object() || !j.contains("allocprof")) {
    return bad("not an allocprof trace; make one with: allocprof run -- CMD");
  }
  const uint64_t major = U64(j, "allocprof");
  if (major == 0) return bad("its format version is not a number; record the program again");
  if (major > wire::kFormatMajor) {
    return Status(ErrorCode::kTooNew,
                  trace->path + ": line 1: format version " + std::to_string(major) +
                      " is newer than this allocprof's " + std::to_string(wire::kFormatMajor) +
                      "; update allocprof");
  }
  trace->merged = j.contains("merged");
  trace->header = ParseHeaderMembers(j);
  return Status::Ok();
}

bool ParseRecord(std::string_view line, const std::string& where, Trace* trace) {
  if (Chunk chunk; ParseChunkLine(line, &chunk) && AddChunk(chunk, trace)) return true;
  if (line.starts_with(kSymbolsRecord)) {
    std::optional<ModuleSymbols> symbols = ParseSymbolsRecord(line);
    if (!symbols) {
      trace->damage.push_back({where, "a symbols record without its members"});
      return false;
    }
    trace->symbols.push_back(std::move(*symbols));
    return true;
  }
  // A chunk's data is not parsed as JSON here: it is most of the file, and decoded when replayed.
  std::string_view data;
  std::string head(line);
  if (const size_t at = line.find(kDataKey); at != line.npos) {
    const size_t begin = at + kDataKey.size();
    const size_t end = line.find('"', begin);
    if (end == line.npos) {
      trace->damage.push_back({where, "a chunk is cut"});
      return false;
    }
    data = line.substr(begin, end - begin);
    head = std::string(line.substr(0, begin)).append(line.substr(end));
  }
  const json j = json::parse(head, nullptr, false);
  if (!j.is_object()) {
    trace->damage.push_back({where, "not a record"});
    return false;
  }
  const std::string kind = Text(j, "k");
  bool good = true;
  if (kind == "chunk") {
    good = ParseChunk(j, data, trace);
  } else if (kind == "module") {
    good = ParseModule(j, trace);
  } else if (kind == "unload") {
    good = ParseUnload(j, trace);
  } else if (kind == "thread") {
    good = ParseThread(j, trace);
  } else if (kind == "name") {
    good = ParseName(j, trace);
  } else if (kind == "sample") {
    trace->samples.push_back(ParseSample(j));
  } else if (kind == "mark" && j.contains("name")) {
    trace->marks.push_back({U64(j, "t"), Text(j, "name")});
    good = !trace->marks.back().name.empty();
    if (!good) trace->marks.pop_back();
  } else if (kind == "mark") {
    good = ParseSwitch(j, &trace->resources);
  } else if (kind == "spool") {
    good = AddSpoolPiece(U64(j, "offset"), data, &trace->spool_copy);
  } else if (kind == "end") {
    good = ParseEnd(j, trace);
  } else if (kind == "damage") {
    trace->damage.push_back({Text(j, "where"), Text(j, "what")});
  } else {
    trace->damage.push_back({where, "unknown record kind \"" + kind + "\", skipped"});
    return true;
  }
  if (!good) trace->damage.push_back({where, "a " + kind + " record without its members"});
  return good;
}

Status ParseLines(Trace* trace) {
  std::string_view rest = trace->file.bytes();
  trace->text = rest;
  if (rest.empty()) {
    return Status(ErrorCode::kDamaged,
                  trace->path + ": the file is empty; record the program again");
  }
  Trace* to = trace;
  uint64_t number = 0;
  size_t kept = rest.size();
  while (!rest.empty()) {
    number++;
    if (kept - rest.size() >= kForgetBytes) {
      trace->file.ForgetPages();
      kept = rest.size();
    }
    const size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    const bool whole = end != rest.npos;
    rest = whole ? rest.substr(end + 1) : std::string_view();
    const std::string where = "line " + std::to_string(number);
    if (number == 1) {
      if (const Status s = ParseHeader(whole ? line : std::string_view(), trace); !s.ok()) return s;
      continue;
    }
    // Space that was reserved and not written, or not to its end: the process died in between.
    // Records hold no NUL, so what stands behind the last one is a whole record again.
    if (const size_t hole = line.rfind('\0'); hole != line.npos) {
      to->damage.push_back({where, "a hole in the file", true});
      line.remove_prefix(hole + 1);
    }
    if (line.empty() || line == "\"records\":[" || line == "]}") continue;
    if (!whole) {
      to->damage.push_back({where, "the last line is cut", true});
      continue;
    }
    if (line.back() == ',') line.remove_suffix(1);
    if (trace->merged && line.substr(0, kProcessStart.size()) == kProcessStart) {
      if (to != trace) EndText(line.data(), to);
      const json j = json::parse(line, nullptr, false);
      trace->parts.push_back(ParseProcess(j.is_object() ? j : json::object(), trace->path));
      to = trace->parts.back().get();
      to->text = line;
      continue;
    }
    if (trace->merged && to == trace) {
      trace->damage.push_back({where, "a record of no process"});
      continue;
    }
    ParseRecord(line, where, to);
  }
  if (to != trace) EndText(trace->file.bytes().data() + trace->file.bytes().size(), to);
  if (trace->merged && trace->parts.empty()) {
    return Status(ErrorCode::kDamaged, trace->path + ": holds no process; merge the traces again");
  }
  return Status::Ok();
}

}  // namespace allocprof::trace
