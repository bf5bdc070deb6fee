// SPDX-License-Identifier: Apache-2.0
#include "sample_report.h"

#include <cmath>

namespace allocprof::view {
namespace {

using report::Frame;
using report::Table;
using report::Unit;
using report::Value;

Value Text(const char* text) { return std::string(text); }
Value Number(uint64_t number) { return number; }

Frame Of(const char* function, const char* file, int line, uint64_t bytes) {
  Frame frame;
  frame.function = function;
  frame.module = "libsqlite3.so.0.8.6";
  frame.file = file;
  frame.line = line;
  frame.frame_bytes = bytes;
  return frame;
}

Frame Inlined(Frame frame) {
  frame.inlined = true;
  return frame;
}

Frame Plumbing(Frame frame) {
  frame.plumbing = true;
  return frame;
}

Frame Unresolved(const char* module, uint64_t offset) {
  Frame frame;
  frame.module = module;
  frame.offset = offset;
  frame.frame_bytes = 32;
  return frame;
}

Table Timeline() {
  Table table;
  table.key = "timeline";
  table.title = "Timeline";
  table.series = true;
  table.columns = {{"t_s", "Time", Unit::kSeconds},
                   {"live_bytes", "Live", Unit::kBytes},
                   {"rss_bytes", "RSS", Unit::kBytes}};
  for (int i = 0; i < 42; i++) {
    const double t = i * 0.01;
    const double swing = 0.5 + 0.5 * std::sin(i * 0.35);
    const double ramp = std::min(1.0, i / 24.0);
    const auto live = static_cast<uint64_t>(8'000'000 * ramp * (0.6 + 0.4 * swing));
    table.rows.push_back({t, Number(i > 38 ? 80'000 : live), Number(6'000'000 + 350'000 * i)});
  }
  return table;
}

Table Functions() {
  Table table;
  table.key = "functions";
  table.title = "Functions by allocations";
  table.columns = {{"function", "Function", Unit::kText},
                   {"module", "", Unit::kText},
                   {"file", "Where", Unit::kText},
                   {"line", "", Unit::kNone},
                   {"total.allocations", "Allocations", Unit::kCount},
                   {"total.allocated_bytes", "Allocated", Unit::kBytes},
                   {"total.peak_bytes", "Peak", Unit::kBytes},
                   {"lifetime.p50_s", "", Unit::kSeconds}};
  const Value lib = Text("libsqlite3.so.0.8.6");
  table.rows = {{Text("sqlite3VdbeExec"), lib, Text("src/vdbe.c"), Number(880), Number(398'016),
                 Number(126'123'456), Number(8'012'345), 1.2e-6},
                {Text("balance_nonroot"), lib, Text("src/btree.c"), Number(7811), Number(2'104),
                 Number(2'345'678), Number(123'456), 4.5e-5},
                {Text("std::__detail::_Executor<__gnu_cxx::__normal_iterator<char const*, "
                      "std::string>, std::allocator<std::sub_match<char const*> >, true>::_M_dfs"),
                 Text("sqlite3"), Text("/usr/include/c++/12/bits/regex_executor.tcc"), Number(213),
                 Number(711), Number(98'304), Number(0), 0.0125},
                {Value(), Text("libreadline.so.8.2"), Value(), Value(), Number(12), Number(640),
                 Number(640), Value()}};
  table.omitted_rows = 123;
  table.omitted = {Value(),     Value(),           Value(),       Value(),
                   Number(473), Number(1'300'000), Number(9'000), Value()};
  return table;
}

Table Stacks() {
  Table table;
  table.key = "stacks";
  table.title = "Stacks by allocations";
  table.columns = {{"allocations", "Allocations", Unit::kCount},
                   {"allocated_bytes", "Allocated", Unit::kBytes},
                   {"peak_bytes", "Peak", Unit::kBytes},
                   {"leaked_bytes", "Leaked", Unit::kBytes},
                   {"leaked_blocks", "", Unit::kCount},
                   {"temporary_allocations", "Temporary", Unit::kCount}};
  table.rows = {
      {Number(240'012), Number(96'004'800), Number(400), Number(0), Number(0), Number(239'980)},
      {Number(79'998), Number(5'119'872), Number(5'119'872), Number(512), Number(2), Number(0)}};
  table.stacks = {
      {Plumbing(Of("malloc", "", 0, 0)), Plumbing(Of("sqlite3MemMalloc", "src/mem1.c", 127, 16)),
       Plumbing(Of("sqlite3Malloc", "src/malloc.c", 326, 32)),
       Inlined(Of("dbMallocRawFinish", "src/malloc.c", 621, 0)),
       Of("sqlite3VdbeMemGrow", "src/vdbemem.c", 210, 48),
       Of("sqlite3VdbeExec", "src/vdbe.c", 880, 528), Of("sqlite3_step", "src/vdbeapi.c", 783, 96),
       Of("main", "shell.c", 25'101, 27'640), Unresolved("libc.so.6", 0x27249)},
      {Plumbing(Of("malloc", "", 0, 0)), Of("pcache1Alloc", "src/pcache1.c", 342, 32),
       Of("main", "shell.c", 25'101, 27'640)}};
  table.stacks[1][2].frame_bytes_vary = true;
  table.omitted_rows = 311;
  table.omitted = {Number(81'306), Number(27'542'106), Number(3'478'051),
                   Number(0),      Number(0),          Number(66'001)};
  return table;
}

Table Threads() {
  Table table;
  table.key = "threads";
  table.title = "Threads";
  table.columns = {{"tid", "Thread", Unit::kNone},
                   {"name", "Name", Unit::kText},
                   {"allocations", "Allocations", Unit::kCount},
                   {"allocated_bytes", "Allocated", Unit::kBytes},
                   {"stack_high_water_bytes", "Stack used", Unit::kBytes},
                   {"stack_limit_bytes", "of", Unit::kBytes}};
  table.rows = {{Number(48'213), Text("sqlite3"), Number(401'316), Number(128'666'778),
                 Number(49'152), Number(8'388'608)}};
  return table;
}

}  // namespace

report::Report SampleReport() {
  report::Report report;
  report.groups = {
      {"process",
       "Process",
       {{"pid", "Pid", Unit::kNone, Number(48'213)},
        {"exe", "Program", Unit::kText, Text("/usr/bin/sqlite3")},
        {"argv", "", Unit::kText, std::vector<std::string>{"sqlite3", ":memory:"}},
        {"start", "", Unit::kText, Text("2024-05-01T12:00:00Z")},
        {"duration_s", "Duration", Unit::kSeconds, 0.4123},
        {"exit.code", "", Unit::kNone, Number(0)},
        {"exit.signal", "", Unit::kNone, Value()},
        {"complete", "", Unit::kNone, true}}},
      {"totals",
       "Totals",
       {{"allocations", "Allocations", Unit::kCount, Number(401'316)},
        {"frees", "Frees", Unit::kCount, Number(389'002)},
        {"reallocations", "Reallocations", Unit::kCount, Number(12'312)},
        {"temporary_allocations", "Temporary allocations", Unit::kCount, Number(305'981)},
        {"allocated_bytes", "Allocated", Unit::kBytes, Number(128'666'778)},
        {"peak_bytes", "Peak", Unit::kBytes, Number(8'598'323)},
        {"peak_time_s", "Peak at", Unit::kSeconds, 0.3012},
        {"leaked_bytes", "Leaked", Unit::kBytes, Number(512)},
        {"leaked_blocks", "Leaked blocks", Unit::kCount, Number(2)},
        {"lost_events", "", Unit::kCount, Number(0)},
        {"overhead.cpu_s", "Recording took", Unit::kSeconds, 0.0213},
        {"overhead.bytes", "Recording memory", Unit::kBytes, Number(1'310'720)}}}};
  report.tables = {Functions(), Stacks(), Threads(), Timeline()};
  report.notes = {
      "2 of 9 modules have no debug information: their frames have names but no lines; install "
      "libc6-dbg to see them"};
  return report;
}

}  // namespace allocprof::view
