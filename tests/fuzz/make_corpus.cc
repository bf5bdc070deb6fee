// SPDX-License-Identifier: Apache-2.0
//
// Writes the corpora that are made by design, one file for each way to break an input, named by
// what it breaks: make_corpus tests/fuzz/corpus. Crashes found by a fuzzer are added by hand.
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "sparse_spool.h"
#include "support/process_family.h"
#include "support/spool_builder.h"
#include "trace/merge.h"

namespace allocprof::fuzz {
namespace {

using test::Base64;
using test::BlockBuilder;
using test::ChunkLine;
using test::kBlockBytes;
using test::Recording;
using test::SpoolBuilder;
using test::TraceBuilder;

std::filesystem::path root;

void Write(const std::string& target, const std::string& what, const std::string& bytes) {
  const std::filesystem::path folder = root / target;
  std::filesystem::create_directories(folder);
  std::ofstream(folder / (what + ".bin"), std::ios::binary) << bytes;
}

BlockBuilder Block(uint32_t thread = 1) {
  BlockBuilder b(thread, 1000, 1);
  const uint32_t outer = b.Define(0, 0x1100, 48, 500), inner = b.Define(outer, 0x1200, 64, 564, 1);
  b.Alloc(inner, 0x7f0000001010, 24, 1100);
  b.Free(outer, 0x7f0000001010, 1200);
  b.Alloc(outer, 0x7f0000001010, 100, 1210);
  b.ReallocFree(inner, 0x7f0000001010, 1300);
  b.Alloc(inner, 0x7f0000002000, 200, 1310, wire::Entry::kRealloc);
  b.Failed(outer, UINT64_MAX, 1400);
  b.Deeper(inner, 9000);
  return b;
}

Recording Program() {
  Recording r;
  r.records().Module(1, "/opt/demo/bin/demo", 0x1000, 0x9000, 0x1000).Sample(1200, 5200, 4096);
  r.Malloc(1, {0x1100, 0x1200}, 0x100000, 24).Malloc(2, {0x1100, 0x1300}, 0x200000, 48);
  r.Cut(1).Free(1, 0x200000).Realloc(1, {0x1100, 0x1400}, 0x100000, 0x300000, 100);
  r.Failed(2, {0x1100}, 1);
  return r;
}

void Traces() {
  const std::string good = Program().Text();
  Write("trace", "sound", good);
  Write("trace", "no-end", Program().TextWithoutEnd());
  Write("trace", "cut-in-header", good.substr(0, 40));
  Write("trace", "cut-in-chunk", good.substr(0, good.find("\"data\"") + 30));
  Write("trace", "empty", "");
  Write("trace", "nuls", std::string(300, '\0'));
  Write("trace", "newer-major", "{\"allocprof\":2,\n\"records\":[\n");
  Write("trace", "not-a-trace", "{\"traceEvents\":[]},\n");
  Write("trace", "hole", TraceBuilder().Hole(99).Chunk(Block(), 0).Hole(9).End(2000).text());
  Write("trace", "unknown-kind", TraceBuilder().Line(R"({"k":"weather"})").End(2000).text());
  Write("trace", "nested-json", TraceBuilder().Line(std::string(3000, '[')).text());
  Write("trace", "base64-damaged", TraceBuilder().Line(ChunkLine(1, 0, 9, 1, 1, 1, "AAA*")).text());
  Write("trace", "records-cut",
        TraceBuilder()
            .Line(ChunkLine(1, 0, 99, 7, 1, 1, Base64(Block().bytes().substr(0, 40))))
            .text());
  Write("trace", "count-lies",
        TraceBuilder().Line(ChunkLine(1, 0, 99, 70, 1, 1, Base64(Block().bytes()))).text());
  Write("trace", "chunk-twice", TraceBuilder().Chunk(Block(), 0).Chunk(Block(), 0).text());
  Write("trace", "end-disagrees",
        TraceBuilder()
            .Chunk(Block(), 0)
            .Line(R"({"k":"end","reason":"exit","t":2000,"totals":{"events":9}})")
            .text());
  Write("trace", "after-end", TraceBuilder().Chunk(Block(), 0).End(1250).text());
  BlockBuilder lost(1, 1000, 1);
  lost.Alloc(77, 0x10, 8, 1100);
  Write("trace", "stack-undefined", TraceBuilder().Chunk(lost, 0).text());
  TraceBuilder jumps;
  for (uint32_t i = 0; i < 20; i++) {
    BlockBuilder b(1, 1000, 1 + i * 200000000);
    b.Alloc(b.Define(0, 0x100), 0x1000 + 16 * i, 8, 1100);
    jumps.Chunk(b, i * 16384);
  }
  Write("trace", "ids-jump", jumps.text());
  BlockBuilder extremes(1, UINT64_MAX - 5, UINT32_MAX);
  extremes.Define(5, UINT64_MAX, UINT64_MAX, UINT64_MAX, 15);
  extremes.Alloc(UINT32_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX);
  extremes.Alloc(0, 0, UINT64_MAX, 0);
  Write("trace", "extremes", TraceBuilder().Chunk(extremes, UINT64_MAX / 2).text());
  Write("trace", "modules-overlap",
        TraceBuilder()
            .Module(1, "/a", 0x1000, 0x9000, 0)
            .Module(2, "/b", 0x2000, 0x3000, 0xffffffffffffffff)
            .Module(3, "", 0, UINT64_MAX, 0)
            .Unload(1, 1100)
            .Unload(2, 0)
            .Chunk(Block(), 0)
            .text());
  Write("trace", "realloc-without-birth", [] {
    BlockBuilder b(1, 1000, 1);
    b.Alloc(0, 0x10, 8, 1100);
    b.ReallocFree(0, 0x10, 1200);
    b.ReallocFree(0, 0x20, 1300);
    return TraceBuilder().Chunk(b, 0).End(2000).text();
  }());
}

// Two processes in one file: the first outlives the second, whose blocks go with it.
void MergedTraces() {
  Recording parent = test::RecordingOf({.pid = 1}),
            child = test::RecordingOf({.pid = 2, .ppid = 1});
  for (Recording* r : {&parent, &child}) {
    r->records().Module(1, "/opt/demo/bin/demo", 0x1000, 0x9000, 0x1000);
    r->Malloc(1, {0x1100, 0x1200}, 0x100000, 24).Malloc(2, {0x1100, 0x1300}, 0x200000, 48);
    r->Realloc(1, {0x1100}, 0x100000, 0x300000, 100);
  }
  parent.now = 9000;
  parent.Free(1, 0x200000);
  const auto trace = test::LoadTogether({parent.Text(), child.TextWithoutEnd()});
  for (const auto& part : trace->parts) part->path = "trace.json";
  std::ostringstream out;
  if (!trace::WriteMerged(*trace, out).ok()) std::abort();
  const std::string good = out.str();
  Write("trace", "merged", good);
  Write("trace", "merged-cut", good.substr(0, good.rfind("\"data\"") + 30));
  Write("trace", "merged-without-process", good.substr(0, good.find("{\"k\"")) + "]}\n");
  // What one process has allocated, in words of the other's addresses.
  BlockBuilder far(1, 1000, 1);
  far.Alloc(0, 0x10, 8, 1100);
  far.Alloc(0, (uint64_t{1} << 48) + 0x10, 8, 1900);
  far.Free(0, (uint64_t{1} << 48) + 0x10, 2000);
  BlockBuilder near(1, 1000, 1);
  near.Alloc(0, 0x10, 8, 1100);
  const auto both = test::LoadTogether(
      {TraceBuilder().Header(test::Member{.pid = 1}.HeaderLine()).Chunk(far, 0).End(3000).text(),
       TraceBuilder().Header(test::Member{.pid = 2}.HeaderLine()).Chunk(near, 0).End(1200).text()});
  for (const auto& part : both->parts) part->path = "trace.json";
  std::ostringstream mixed;
  if (!trace::WriteMerged(*both, mixed).ok()) std::abort();
  Write("trace", "merged-addresses-overlap", mixed.str());
}

void Spools() {
  const auto write = [](const std::string& what, const std::string& bytes) {
    Write("spool", what, ToSparse(bytes));
  };
  SpoolBuilder good;
  good.LogModule("{\"k\":\"module\",\"id\":1,\"path\":\"/lib/a.so\",\"low\":16,\"high\":32},\n");
  good.Ring(1, {Block(), Block()}, 7).Ring(2, {Block(2)});
  write("sound", good.bytes());
  write("cut-in-header", good.bytes().substr(0, 5000));
  write("cut-in-ring", good.bytes().substr(0, good.bytes().size() - 1));
  const auto damaged = [&](const std::string& what, auto change) {
    SpoolBuilder s = good;
    change(&s);
    write(what, s.bytes());
  };
  damaged("other-process", [](SpoolBuilder* s) { s->header.pid++; });
  damaged("newer-version", [](SpoolBuilder* s) { s->header.version = 9; });
  damaged("ring-size", [](SpoolBuilder* s) { s->header.ring_bytes = 4096; });
  damaged("ring-count", [](SpoolBuilder* s) { s->header.ring_count = UINT32_MAX; });
  damaged("ring-head", [](SpoolBuilder* s) { s->ring(0).head = UINT64_MAX; });
  damaged("ring-tail", [](SpoolBuilder* s) { s->ring(0).tail = UINT64_MAX; });
  damaged("block-length", [](SpoolBuilder* s) { s->ring(0).used[3] = UINT32_MAX; });
  damaged("module-log-overflow", [](SpoolBuilder* s) { s->header.module_log_used = UINT64_MAX; });
  damaged("ended", [](SpoolBuilder* s) {
    s->header.ending = wire::Ending::kExit;
    s->header.end_stamp = 1150;
  });
  std::string log = good.bytes();
  const uint32_t length = UINT32_MAX;
  memcpy(log.data() + wire::kSpoolPage, &length, 4);
  write("module-log-length", log);
}

void Blocks() {
  const std::string good = Block().bytes();
  Write("block", "sound", good);
  Write("block", "empty", "");
  Write("block", "cut-in-head", good.substr(0, 7));
  Write("block", "cut-in-record", good.substr(0, 40));
  Write("block", "zeroes", std::string(64, '\0'));
  Write("block", "widest", good.substr(0, 16) + std::string(1, '\x09') + std::string(70, '\xff'));
  Write("block", "base64", Base64(good));
  Write("block", "base64-stray-bits", "Zh==");
}

// One CIE and one FDE of 100 bytes of code right behind them.
std::string Tables(const std::string& cie_program, const std::string& fde_program) {
  const auto u32 = [](uint32_t v) { return std::string(reinterpret_cast<const char*>(&v), 4); };
  std::string cie = u32(0) + std::string("\x01zR\0\x01\x78\x10\x01\x1b", 9) + cie_program;
  cie.resize((cie.size() + 7) / 8 * 8 + 4);
  std::string out = std::string("\x01\x1b\x03\x3b", 4) + u32(0) + u32(1) + u32(500);
  const auto cie_at = static_cast<uint32_t>(out.size() + 4);
  const auto fde_at = cie_at + 4 + static_cast<uint32_t>(cie.size());
  out += u32(fde_at) + u32(static_cast<uint32_t>(cie.size())) + cie;
  const uint32_t back = fde_at + 4 - cie_at, start = 500 - (fde_at + 8);
  std::string fde = u32(back) + u32(start) + u32(100) + std::string(1, '\0') + fde_program;
  fde.resize((fde.size() + 7) / 8 * 8 + 4);
  out += u32(static_cast<uint32_t>(fde.size())) + fde + u32(0);
  return out;
}

void UnwindTables() {
  const std::string start("\x0c\x07\x08\x90\x01", 5);  // cfa = rsp + 8, ra at cfa - 8
  Write("cfi", "sound", Tables(start, std::string("\x41\x0e\x10\x86\x02\x43\x0d\x06", 8)));
  Write("cfi", "restore-without-remember", Tables(start, "\x0b"));
  Write("cfi", "remember-too-often", Tables(start, std::string(30, '\x0a')));
  Write("cfi", "expression-longer-than-entry", Tables(start, "\x0f\x7f\x77\x08"));
  Write("cfi", "leb-without-end", Tables(start, "\x0e" + std::string(20, '\xff')));
  Write("cfi", "offsets-overflow",
        Tables(start, "\x12\x07" + std::string(9, '\xff') + std::string("\x7f", 1)));
  Write("cfi", "realigned",
        Tables(start, std::string("\x0f\x03\x76\x78\x06\x10\x06\x02\x76\x00", 10)));
  Write("cfi", "plt",
        Tables(start, std::string("\x0f\x0b\x77\x08\x80\x00\x3f\x1a\x3b\x2a\x33\x24\x22", 13)));
  Write("cfi", "set-location", Tables(start, "\x01\xff\xff\xff\xff"));
  std::string count = Tables(start, "");
  count[8] = '\x7f';
  Write("cfi", "table-longer-than-module", count);
  std::string far = Tables(start, "");
  far[18] = '\x7f';
  Write("cfi", "entry-outside", far);
}

void Budgets() {
  const auto one = [](const std::string& what, const std::string& members) {
    Write("budget", what, R"({"version":1,"budgets":[{"id":"a",)" + members + "}]}");
  };
  one("sound", R"("scope":{"function":"^p","self":true,"phase":"main"}, // c
       "allocations":{"max":"5%","min":1},"peak_bytes":{"equal":"1.5 MiB"})");
  one("unknown-key", R"("alocations":{"max":1})");
  one("repeated-key", R"("frees":{"max":1},"frees":{"max":2})");
  one("unit", R"("frees":{"max":"1 lb"})");
  one("beyond-double", R"("frees":{"max":1e999})");
  one("beyond-64-bits", R"("frees":{"max":18446744073709551616})");
  one("negative-percent", R"("frees":{"max":"-5%"})");
  one("expression", R"("scope":{"function":"(a*)*((b"},"frees":{"max":1})");
  one("slow-expression", R"("scope":{"function":"(a+)+$"},"frees":{"max":1})");
  one("hostile-key", R"("\u001b[31m\n::error::":1)");
  one("surrogate", R"("description":"\ud800","frees":{"max":1})");
  Write("budget", "empty", "");
  Write("budget", "deep", std::string(2000, '['));
  Write("budget", "comment-open", "{ /* ");
  Write("budget", "not-utf8", "{\"\xff\xfe\":1}");
  Write("budget", "baseline", R"({"schema":"allocprof.baseline/1","figures":{"a frees":1},)"
                              R"("left_out":{},"stacks":{"a 12":{"frees":1,"at":"x"}}})");
  Write("budget", "baseline-types", R"({"schema":"allocprof.baseline/1","figures":{"a":-1.5},)"
                                    R"("stacks":{"a":[1]}})");
}

}  // namespace
}  // namespace allocprof::fuzz

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  allocprof::fuzz::root = argv[1];
  allocprof::fuzz::Traces();
  allocprof::fuzz::MergedTraces();
  allocprof::fuzz::Spools();
  allocprof::fuzz::Blocks();
  allocprof::fuzz::UnwindTables();
  allocprof::fuzz::Budgets();
  return 0;
}
