// SPDX-License-Identifier: Apache-2.0
//
// Writes the traces that the goldens are made from: make_traces tests/golden. Their modules are
// files that exist nowhere, so that every machine shows them alike.
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/recording.h"
#include "support/spool_builder.h"

namespace allocprof::test {
namespace {

std::filesystem::path root;

void Write(const std::string& name, const std::string& file, const std::string& bytes) {
  std::filesystem::create_directories(root / name);
  std::ofstream(root / name / file, std::ios::binary) << bytes;
}

constexpr uint64_t kProgram = 0x555555550000, kLibrary = 0x7ffff7a00000;

void AddModules(TraceBuilder* records) {
  records->Module(1, "/nonexistent/demo", kProgram, kProgram + 0x10000, kProgram);
  records->Module(2, "/nonexistent/libparse.so.1", kLibrary, kLibrary + 0x20000, kLibrary);
}

// Two threads, growth, leaks, temporaries, a failure; clock and resident bytes.
void Service() {
  Recording r;
  AddModules(&r.records());
  r.records().Sample(kStartStamp + 1000000, kStartNs + 1000000, 5 << 20);
  r.records().Sample(kStartStamp + 3000000, kStartNs + 3000000, 9 << 20);
  const Stack main = {kProgram + 0x1100}, parse = {kProgram + 0x1100, kLibrary + 0x2200},
              node = {kProgram + 0x1100, kLibrary + 0x2200, kLibrary + 0x2340},
              grow = {kProgram + 0x1100, kProgram + 0x1500}, work = {kProgram + 0x3000};
  r.Malloc(1, main, 0x10000, 64);
  for (uint64_t i = 0; i < 500; i++) {
    r.now = kStartStamp + (i + 1) * 8000;
    r.Malloc(1, node, 0x100000 + i * 0x100, 40 + i % 200);
    if (i % 3 == 0) r.Free(1, 0x100000 + i * 0x100, parse);
    if (i % 10 == 0) r.Malloc(2, work, 0x800000 + i * 0x1000, 2048);
    if (i % 10 == 5) r.Free(2, 0x800000 + (i - 5) * 0x1000, work);
    if (i == 250) r.Cut(1);
  }
  uint64_t buffer = 0x10000;
  for (uint64_t size = 128; size <= 65536; size *= 2) {
    const uint64_t to = size % 1024 == 0 ? 0x20000 + size * 2 : buffer;
    r.Realloc(1, grow, buffer, to, size);
    buffer = to;
  }
  r.Free(2, 0x100000 + 0x100, work);
  r.Failed(1, grow, uint64_t{1} << 40);
  r.now = kStartStamp + 4200000;
  Write("service", "trace.json", r.Text());
}

// A program that allocates nothing.
void Nothing() {
  Write("nothing", "trace.json", TraceBuilder().Thread(1, kPid, "main").End(2000).text());
}

// Killed: no end record, a spool beside it with the last events and a module.
void Killed() {
  TraceBuilder t;
  t.Thread(1, kPid, "main").Sample(kStartStamp + 500000, kStartNs + 500000, 3 << 20);
  BlockBuilder drained(1, kStartStamp, 1), rest(1, kStartStamp + 600000, 3);
  const uint32_t outer = drained.Define(0, kProgram + 0x1100, 64, 200);
  const uint32_t inner = drained.Define(outer, kProgram + 0x1900, 48, 248);
  for (uint64_t i = 0; i < 20; i++) {
    drained.Alloc(inner, 0x1000 + i * 0x100, 100, kStartStamp + 1000 * (i + 1));
  }
  for (uint64_t i = 0; i < 15; i++) {
    rest.Free(outer, 0x1000 + i * 0x100, kStartStamp + 600000 + 1000 * (i + 1));
  }
  SpoolBuilder spool;
  spool.Ring(1, {drained, rest}, 0);
  spool.header.lost[static_cast<int>(wire::Lost::kNested)] = 2;
  memcpy(spool.ring(0).name, "main", 5);
  spool.LogModule(R"({"k":"module","id":1,"path":"/nonexistent/demo","build_id":"","bias":)" +
                  std::to_string(kProgram) + ",\"low\":" + std::to_string(kProgram) +
                  ",\"high\":" + std::to_string(kProgram + 0x10000) + ",\"t\":1000},\n");
  // The first block was written to the trace, too: it counts once.
  Write("killed", "trace.json", t.Chunk(drained, 0).text());
  Write("killed", "trace.json.spool", spool.bytes());
}

// What a full disk, a foreign tool and a later version can leave behind.
void Damaged() {
  TraceBuilder t;
  AddModules(&t);
  BlockBuilder good(1, kStartStamp, 1), cut(2, kStartStamp, 1);
  good.Alloc(good.Define(0, kProgram + 0x1100, 64, 200), 0x1000, 100, 1500);
  good.Record(wire::Record::kExtended, 0, 1, 2, 3, 4);
  good.Alloc(99, 0x2000, 50, 1600);
  cut.Alloc(cut.Define(0, kProgram + 0x1200, 64, 200), 0x3000, 25, 1700);
  cut.Alloc(1, 0x4000, 25, 1800);
  t.Thread(1, kPid, "main").Chunk(good, 0);
  t.Line(ChunkLine(2, 0, 60, 2, 1700, 1800, Base64(cut.bytes().substr(0, cut.bytes().size() - 3))));
  t.Hole(4096).Line(R"({"k":"weather","t":1900})").Line("{\"k\":");
  t.Line(ChunkLine(3, 0, 60, 2, 1700, 1800, "!!!!"));
  t.Line(R"({"k":"end","reason":"exit","status":3,"t":3000,"ns":7000,"rss":4096,)"
         R"("totals":{"events":40,"allocations":30},"lost":{"window":7,"max_size":1}})");
  Write("damaged", "trace.json", t.text());
}

}  // namespace
}  // namespace allocprof::test

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  allocprof::test::root = argv[1];
  allocprof::test::Service();
  allocprof::test::Nothing();
  allocprof::test::Killed();
  allocprof::test::Damaged();
  return 0;
}
