// SPDX-License-Identifier: Apache-2.0
//
// What the ends of a trace say, in whatever form its file is.
#include "trace/ends.h"

#include <gtest/gtest.h>
#include <string.h>

#include <sstream>

#include "support/process_family.h"
#include "support/spool_builder.h"
#include "support/temp_dir.h"
#include "trace/compress.h"
#include "trace/descendants.h"

namespace allocprof::trace {
namespace {

using test::Member;
using test::Recording;
using test::TempDir;

std::string Text(const Member& member, int blocks = 1) {
  Recording r = test::RecordingOf(member);
  for (int i = 0; i < blocks; i++) {
    r.Malloc(1, {0x100}, 0x1000 + 16 * static_cast<uint64_t>(i), 8);
    if (i % 100 == 99) r.Cut(1);
  }
  return r.Text();
}

// A compressed copy beside `path`, whose spool goes into it.
std::string Compressed(const TempDir& dir, const std::string& path) {
  std::ostringstream out;
  EXPECT_TRUE(CompressTrace(path, {}, kDefaultLevel, &out).ok());
  return dir.Write(path.substr(path.rfind('/') + 1) + ".zst", out.str());
}

void ExpectEnds(const std::string& path, uint32_t pid, uint64_t allocations) {
  const std::optional<Ends> ends = ReadEnds(path);
  ASSERT_TRUE(ends) << path;
  EXPECT_EQ(ends->path, path);
  EXPECT_EQ(ends->header.pid, pid);
  EXPECT_EQ(ends->header.exe, "/usr/bin/p" + std::to_string(pid));
  ASSERT_TRUE(ends->totals) << path;
  EXPECT_EQ(ends->totals->allocations, allocations);
  EXPECT_EQ(ends->ending, Ending::kExit);
  EXPECT_EQ(ends->exit_status, 0);
}

TEST(EndsTest, HeaderAndEnd) {
  const TempDir dir;
  const std::string text = Text({.pid = 7}, 3);
  const std::string path = dir.Write("t.json", text);
  ExpectEnds(path, 7, 3);
  EXPECT_EQ(ReadEnds(path)->text_bytes, text.size());
}

TEST(EndsTest, ALongTraceAndItsCompressedCopySayTheSame) {
  const TempDir dir;
  // Far more than both ends together.
  const std::string path = dir.Write("t.json", Text({.pid = 7}, 60000));
  ExpectEnds(path, 7, 60000);
  ExpectEnds(Compressed(dir, path), 7, 60000);
}

TEST(EndsTest, AKilledProcessHasNoTotals) {
  const TempDir dir;
  Recording r;
  r.Malloc(1, {0x100}, 0x10, 8);
  const std::string path = dir.Write("t.json", r.TextWithoutEnd());
  for (const std::string& one : {path, Compressed(dir, path)}) {
    const std::optional<Ends> ends = ReadEnds(one);
    ASSERT_TRUE(ends);
    EXPECT_FALSE(ends->totals);
    EXPECT_EQ(ends->ending, Ending::kDied);
  }
}

TEST(EndsTest, OneReplacedByExecSaysSoInACopyToo) {
  const TempDir dir;
  Recording r;
  r.Malloc(1, {0x100}, 0x10, 8);
  const std::string path = dir.Write("t.json", r.TextWithoutEnd());
  test::SpoolBuilder spool;
  spool.header.ending = wire::Ending::kExec;
  dir.Write("t.json.spool", spool.bytes());
  EXPECT_EQ(ReadEnds(path)->ending, Ending::kExec);
  EXPECT_EQ(ReadEnds(Compressed(dir, path))->ending, Ending::kExec);
}

TEST(EndsTest, WhatIsNoTraceIsNone) {
  const TempDir dir;
  EXPECT_FALSE(ReadEnds(dir.path() + "/nowhere"));
  EXPECT_FALSE(ReadEnds(dir.path()));
  EXPECT_FALSE(ReadEnds(dir.Write("empty", "")));
  EXPECT_FALSE(ReadEnds(dir.Write("other", "{\"a\":1,\n}")));
  EXPECT_FALSE(ReadEnds(dir.Write("text", "hello\n")));
  EXPECT_FALSE(ReadEnds(dir.Write("zstd", std::string("\x28\xb5\x2f\xfd\x01\x02", 6))));
}

TEST(EndsTest, AnyCutIsHarmless) {
  const TempDir dir;
  const std::string plain = Text({.pid = 7}, 4);
  std::ostringstream packed;
  ASSERT_TRUE(CompressTrace(dir.Write("t.json", plain), {}, kDefaultLevel, &packed).ok());
  for (const std::string& whole : {plain, packed.str()}) {
    for (size_t size = 0; size < whole.size(); size++) {
      const std::optional<Ends> ends = ReadEnds(dir.Write("cut", whole.substr(0, size)));
      if (!ends) continue;
      EXPECT_EQ(ends->header.pid, 7u);
      if (ends->totals) {
        EXPECT_EQ(ends->totals->allocations, 4u);
      }
    }
  }
}

TEST(DescendantsTest, ChildrenAreFoundCompressedOrNot) {
  const TempDir dir;
  const std::string root = dir.Write("trace.json", Text({.pid = 1, .root_pid = 1}));
  const std::string two =
      dir.Write("trace.2.json", Text({.pid = 2, .ppid = 1, .stamp = 2000, .root_pid = 1}));
  const std::string three =
      dir.Write("trace.3.json", Text({.pid = 3, .ppid = 2, .stamp = 3000, .root_pid = 1}));
  dir.Write("trace.9.json", Text({.pid = 9, .root_pid = 8}));  // of another run
  const std::vector<std::string> plain = {root, two, three};
  EXPECT_EQ(TreeOf(root), plain);
  const std::string small_two = Compressed(dir, two), small_root = Compressed(dir, root);
  // What is there in both forms counts once.
  EXPECT_EQ(FindDescendants(root).size(), 2u);
  ASSERT_EQ(unlink(two.c_str()), 0);
  EXPECT_EQ(TreeOf(root), (std::vector<std::string>{root, small_two, three}));
  EXPECT_EQ(TreeOf(small_root), (std::vector<std::string>{small_root, small_two, three}));
  const std::vector<Descendant> below = FindDescendants(small_root);
  ASSERT_EQ(below.size(), 2u);
  EXPECT_EQ(below[0].level, 1u);
  EXPECT_EQ(below[1].level, 2u);
  EXPECT_EQ(below[1].ends.totals->allocations, 1u);
}

TEST(DescendantsTest, AChildHasNotItsParent) {
  const TempDir dir;
  dir.Write("trace.json", Text({.pid = 1, .root_pid = 1}));
  const std::string two =
      dir.Write("trace.2.json", Text({.pid = 2, .ppid = 1, .stamp = 2000, .root_pid = 1}));
  EXPECT_TRUE(FindDescendants(two).empty());
  EXPECT_TRUE(FindDescendants(dir.path() + "/nowhere.json").empty());
}

}  // namespace
}  // namespace allocprof::trace
