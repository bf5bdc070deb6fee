// SPDX-License-Identifier: Apache-2.0
#include "recorded_traces.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "folder.h"

namespace allocprof::cli {
namespace {

std::string Trace(int pid, const std::string& end) {
  return "{\"allocprof\":1,\"minor\":0,\"pid\":" + std::to_string(pid) +
         ",\"exe\":\"/usr/bin/sqlite3\",\"argv\":[\"sqlite3\"],\n\"records\":[\n"
         "{\"k\":\"module\",\"id\":1},\n" +
         end;
}

const char* const kEnd =
    "{\"k\":\"end\",\"reason\":\"exit\",\"status\":0,"
    "\"totals\":{\"events\":9,\"allocations\":401316}}\n]}\n";

TEST(TraceWatch, SaysWhatTheEndsSay) {
  const Folder folder;
  const TraceWatch watch(folder.Path("trace.json"));
  folder.Write("trace.json", Trace(123, kEnd));
  folder.Write("trace.4.json", "hello\n");
  const auto traces = watch.NewTraces(123);
  ASSERT_EQ(traces.size(), 1u);
  EXPECT_EQ(traces[0].pid, 123u);
  EXPECT_EQ(traces[0].exe, "sqlite3");
  EXPECT_EQ(traces[0].allocations, 401316u);
  EXPECT_FALSE(traces[0].runs);
  EXPECT_FALSE(traces[0].own_malloc);
}

TEST(TraceWatch, CountsWhatAKilledProcessDid) {
  const Folder folder;
  const TraceWatch watch(folder.Path("trace.json"));
  folder.Write("trace.json", Trace(123, ""));
  EXPECT_EQ(watch.NewTraces(123)[0].allocations, 0u);
}

TEST(TraceWatch, FindsWhatIsNew) {
  const Folder folder;
  folder.Write("trace.77.json", Trace(77, kEnd));
  folder.Write("other.json", Trace(78, kEnd));
  const TraceWatch watch(folder.Path("trace.json"));
  EXPECT_TRUE(watch.NewTraces(123).empty());
  folder.Write("trace.json", Trace(123, kEnd));
  folder.Write("trace.json.spool", Trace(123, kEnd));
  folder.Write("trace.9.json", Trace(9, kEnd));
  folder.Write("trace.123.json", Trace(123, kEnd));
  folder.Write("tracer.json", Trace(124, kEnd));
  const auto traces = watch.NewTraces(123);
  ASSERT_EQ(traces.size(), 3u);
  EXPECT_EQ(traces[0].path, folder.Path("trace.json"));
  EXPECT_EQ(traces[1].path, folder.Path("trace.123.json"));
  EXPECT_EQ(traces[2].path, folder.Path("trace.9.json"));
}

TEST(TraceWatch, FindsWhatWasReplaced) {
  const Folder folder;
  folder.Write("trace.json", Trace(1, ""));
  const TraceWatch watch(folder.Path("trace.json"));
  std::filesystem::remove(folder.Path("trace.json"));
  folder.Write("trace.json", Trace(2, kEnd));
  ASSERT_EQ(watch.NewTraces(2).size(), 1u);
  EXPECT_EQ(watch.NewTraces(2)[0].pid, 2u);
}

TEST(TraceWatch, KnowsPlaceholders) {
  const Folder folder;
  const TraceWatch watch(folder.Path("%e-%p-100%%-%h.json"));
  std::string host(256, '\0');
  gethostname(host.data(), host.size());
  folder.Write("app-5-100%-" + std::string(host.c_str()) + ".json", Trace(5, kEnd));
  EXPECT_EQ(watch.NewTraces(5).size(), 1u);
}

TEST(TraceWatch, TakesGlobCharactersLiterally) {
  const Folder folder;
  const TraceWatch watch(folder.Path("t*[1].json"));
  folder.Write("t*[1].json", Trace(5, kEnd));
  folder.Write("tx1.json", Trace(6, kEnd));
  ASSERT_EQ(watch.NewTraces(5).size(), 1u);
  EXPECT_EQ(watch.NewTraces(5)[0].pid, 5u);
}

}  // namespace
}  // namespace allocprof::cli
