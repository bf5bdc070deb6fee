// SPDX-License-Identifier: Apache-2.0
#include "trace/spool.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

#include "trace/record_lines.h"
#include "wire/base64.h"
#include "wire/block_reader.h"
#include "wire/spool.h"

namespace allocprof::trace {
namespace {

// Whether the process that `pid` and `start_ticks` name still runs.
bool IsRunning(uint32_t pid, uint64_t start_ticks) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  const std::string stat((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  size_t at = stat.rfind(')');
  if (at == stat.npos || at + 2 >= stat.size() || stat[at + 2] == 'Z') return false;
  for (int field = 2; field < 22; field++) {
    at = stat.find(' ', at + 1);
    if (at == stat.npos) return false;
  }
  return std::strtoull(stat.c_str() + at + 1, nullptr, 10) == start_ticks;
}

Ending EndingOf(const wire::SpoolHeader& head) {
  switch (head.ending) {
    case wire::Ending::kExit:
      return Ending::kExit;
    case wire::Ending::kUnderscoreExit:
      return Ending::kUnderscoreExit;
    case wire::Ending::kQuickExit:
      return Ending::kQuickExit;
    case wire::Ending::kExec:
      return Ending::kExec;
    default:
      return IsRunning(head.pid, head.start_ticks) ? Ending::kRunning : Ending::kDied;
  }
}

void ReadModuleLog(const std::string& bytes, const wire::SpoolHeader& head, Trace* trace) {
  const uint64_t used = std::min<uint64_t>(head.module_log_used, wire::kModuleLogBytes);
  for (uint64_t at = 0; at + sizeof(wire::LogEntry) <= used;) {
    wire::LogEntry entry;
    const uint64_t place = wire::kSpoolPage + at;
    memcpy(&entry, bytes.data() + place, sizeof(entry));
    // An entry reserved but not written has no length to step over.
    if (entry.ready == 0 || entry.bytes == 0 || entry.bytes > used - at - sizeof(entry)) break;
    std::string_view line(bytes.data() + place + sizeof(entry), entry.bytes);
    while (!line.empty() && (line.back() == '\n' || line.back() == ',')) line.remove_suffix(1);
    ParseRecord(line, "spool module log", trace);
    at += sizeof(entry) + ((uint64_t{entry.bytes} + 7) & ~uint64_t{7});
  }
}

void AddBlock(const std::string& bytes, uint64_t place, uint32_t used, uint64_t position,
              const std::string& where, Trace* trace) {
  if (used <= sizeof(wire::BlockHead)) return;
  trace->spool_blocks.push_back(bytes.substr(place, used));
  const std::string& packed = trace->spool_blocks.back();
  wire::BlockReader reader(reinterpret_cast<const uint8_t*>(packed.data()), packed.size());
  wire::BlockTotals totals;
  for (wire::Event e; reader.Next(&e);) totals.Add(e);
  if (reader.damaged()) trace->damage.push_back({where, "a block is damaged"});
  Chunk c;
  c.thread = reader.head().thread;
  c.first_position = position;
  c.last_position = position + used;
  c.events = totals.events;
  c.first_stamp = totals.first_stamp;
  c.last_stamp = totals.last_stamp;
  c.packed = &packed;
  if (c.thread != 0) trace->chunks.push_back(c);
}

// What the ring knows of its thread is newer than the thread's record, and there if that was lost.
void UpdateThread(const wire::RingHeader& ring, Trace* trace) {
  const auto known = std::find_if(trace->threads.begin(), trace->threads.end(),
                                  [&](const Thread& t) { return t.id == ring.thread; });
  Thread& t = known != trace->threads.end() ? *known : trace->threads.emplace_back();
  if (t.id == 0) {
    t.id = ring.thread;
    t.tid = ring.tid;
    t.stack_low = ring.stack_low;
    t.stack_base = ring.stack_high;
    t.start = ring.start_stamp;
  }
  t.name.assign(ring.name, strnlen(ring.name, sizeof(ring.name)));
  t.depth_max = std::max(t.depth_max, ring.depth_max);
}

void ReadRing(const std::string& bytes, const wire::SpoolHeader& head, uint64_t index,
              Trace* trace) {
  const std::string where = "spool ring " + std::to_string(index);
  const uint64_t at = wire::RingOffset(head.ring_bytes, index);
  const uint64_t block_bytes = head.ring_bytes / wire::kBlocksPerRing;
  if (bytes.size() < at + wire::kSpoolPage + head.ring_bytes) {
    if (bytes.size() > at) trace->damage.push_back({where, "the spool is cut"});
    return;
  }
  wire::RingHeader ring;
  memcpy(&ring, bytes.data() + at, sizeof(ring));
  if (ring.thread == 0) return;
  const uint64_t last = ring.head >> 32;
  // A ring holds no more than its blocks; anything else is damage, of which the newest is kept.
  uint64_t first = ring.tail;
  if (first > last + 1 || last - std::min(first, last) >= wire::kBlocksPerRing) {
    trace->damage.push_back({where, "its positions are damaged"});
    return;
  }
  for (uint64_t block = first; block <= last; block++) {
    const uint32_t used =
        block == last ? static_cast<uint32_t>(ring.head) : ring.used[block % wire::kBlocksPerRing];
    if (used > block_bytes) {
      trace->damage.push_back({where, "a block's length is damaged"});
      continue;
    }
    AddBlock(bytes, at + wire::kSpoolPage + block % wire::kBlocksPerRing * block_bytes, used,
             block * block_bytes, where, trace);
  }
  UpdateThread(ring, trace);
}

}  // namespace

Ending EndingBySpool(const std::string& path, const Header& header) {
  std::ifstream in(path, std::ios::binary);
  std::string head(sizeof(wire::SpoolHeader), '\0');
  if (!in.read(head.data(), static_cast<std::streamsize>(head.size()))) return Ending::kDied;
  return EndingBySpoolHead(head, header);
}

Ending EndingBySpoolHead(std::string_view bytes, const Header& header) {
  wire::SpoolHeader head{};
  if (bytes.size() < sizeof(head)) return Ending::kDied;
  memcpy(&head, bytes.data(), sizeof(head));
  const bool own = memcmp(head.magic, wire::kSpoolMagic, sizeof(head.magic)) == 0 &&
                   head.pid == header.pid && head.start_ticks == header.start_ticks;
  return own ? EndingOf(head) : Ending::kDied;
}

SpoolFile ReadSpool(const std::string& path) {
  if (path.empty()) return {};
  std::ifstream in(path, std::ios::binary);
  SpoolFile spool;
  wire::SpoolHeader head{};
  const bool running = in.read(reinterpret_cast<char*>(&head), sizeof(head)) &&
                       memcmp(head.magic, wire::kSpoolMagic, sizeof(head.magic)) == 0 &&
                       EndingOf(head) == Ending::kRunning;
  if (running) spool.moment = TakeMoment();
  in.clear();
  in.seekg(0);
  spool.bytes.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  if (running) SettleRings(&in, &spool.bytes);
  return spool;
}

void ForEachSpoolRecord(const SpoolFile& spool,
                        const std::function<void(const std::string&)>& record) {
  // Whole pages, and only those that were written to: most of a ring is not, most of the time.
  static constexpr size_t kPage = wire::kSpoolPage;
  const std::string_view bytes = spool.bytes;
  for (size_t at = 0; at < bytes.size(); at += kPage) {
    const std::string_view page = bytes.substr(at, kPage);
    const bool last = bytes.size() - at <= kPage;  // says how long the spool is
    if (!last && page.find_first_not_of('\0') == page.npos) continue;
    std::string base64(wire::Base64Size(page.size()), '\0');
    wire::EncodeBase64(reinterpret_cast<const uint8_t*>(page.data()), page.size(), base64.data());
    record("{\"k\":\"spool\",\"offset\":" + std::to_string(at) + ",\"data\":\"" + base64 + "\"}");
  }
}

bool AddSpoolPiece(uint64_t offset, std::string_view base64, SpoolCopy* spool) {
  // Of a default ring a seventeenth at least was written to; of larger ones less.
  static constexpr uint64_t kMostZeros = 256, kZerosToStart = uint64_t{64} << 20;
  if (offset < spool->bytes.size() || offset > kZerosToStart + kMostZeros * spool->held) {
    return false;
  }
  std::string piece(base64.size() / 4 * 3 + 3, '\0');
  const ptrdiff_t n =
      wire::DecodeBase64(base64.data(), base64.size(), reinterpret_cast<uint8_t*>(piece.data()));
  if (n <= 0) return false;
  spool->bytes.resize(offset);
  spool->bytes.append(piece, 0, static_cast<size_t>(n));
  spool->held += static_cast<uint64_t>(n);
  return true;
}

void MergeSpool(SpoolFile spool, Trace* trace) {
  const std::string& bytes = spool.bytes;
  wire::SpoolHeader head;
  if (bytes.size() < wire::RingOffset(0, 0)) {
    if (!bytes.empty()) trace->damage.push_back({"spool", "it is cut inside its header"});
    return;
  }
  memcpy(&head, bytes.data(), sizeof(head));
  if (memcmp(head.magic, wire::kSpoolMagic, sizeof(head.magic)) != 0 ||
      head.version != wire::kFormatMajor || head.ring_bytes < 4096 ||
      head.ring_bytes > (1u << 24) || head.ring_bytes % wire::kBlocksPerRing != 0) {
    trace->damage.push_back({"spool", "not a spool of this version"});
    return;
  }
  if (head.pid != trace->header.pid || head.start_ticks != trace->header.start_ticks) {
    trace->damage.push_back({"spool", "it belongs to another process and is ignored"});
    return;
  }
  trace->from_spool = true;
  trace->window = head.window != 0;
  trace->ending = EndingOf(head);
  if (trace->ending == Ending::kExit || trace->ending == Ending::kUnderscoreExit ||
      trace->ending == Ending::kQuickExit) {
    trace->exit_status = head.exit_status & 0xff;
  }
  if (head.end_stamp != 0) trace->end_stamp = head.end_stamp;
  if (trace->ending == Ending::kRunning && spool.moment.monotonic_ns > trace->header.ns) {
    trace->end_stamp = trace->header.tsc ? spool.moment.tsc : spool.moment.monotonic_ns;
  }
  for (uint32_t i = 0; i < static_cast<uint32_t>(wire::Lost::kCount); i++) {
    if (head.lost[i] != 0) trace->lost.push_back({wire::kLostNames[i], head.lost[i]});
  }
  trace->drain_cycles = head.drain_cycles;
  trace->hook_cycles = head.hook_cycles;
  trace->drain_ns = head.drain_ns;
  trace->mapped_bytes = head.mapped_bytes;
  trace->stacks_cut = head.stacks_cut;
  trace->stacks_verified = head.verified;
  trace->stacks_different = head.different;
  trace->stacks_verified_part = head.verified_part;
  ReadResources(head, &trace->resources);

  ReadModuleLog(bytes, head, trace);
  const uint64_t rings =
      std::min<uint64_t>(head.ring_count, bytes.size() / (wire::kSpoolPage + head.ring_bytes) + 1);
  for (uint64_t i = 0; i < rings; i++) ReadRing(bytes, head, i, trace);
}

}  // namespace allocprof::trace
