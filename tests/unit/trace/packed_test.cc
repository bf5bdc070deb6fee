// SPDX-License-Identifier: Apache-2.0
//
// The packed form: what comes back is what went in, and hostile bytes come to a bounded end.
#include "trace/packed_document.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <sstream>

#include "loaded.h"
#include "support/recording.h"
#include "support/spool_builder.h"
#include "support/temp_dir.h"
#include "trace/compress.h"
#include "trace/document.h"

namespace allocprof::trace {
namespace {

using test::BlockBuilder;
using test::Recording;
using test::TempDir;
using test::TraceBuilder;

std::string Packed(std::string_view document) {
  std::string packed;
  DocumentPacker packer([&packed](std::string_view bytes) { packed += bytes; });
  while (!document.empty()) {
    const size_t end = document.find('\n');
    const std::string_view line = document.substr(0, end == document.npos ? end : end + 1);
    packer.Add(line);
    document.remove_prefix(line.size());
  }
  packer.Finish();
  return packed;
}

std::string Unpacked(std::string_view packed) {
  std::string document;
  UnpackDocument(packed, [&document](std::string_view bytes) { document += bytes; });
  return document;
}

// Everything a block can hold: reuse, misses, frees of unknown blocks, all kinds, wide fields.
std::string BusyDocument() {
  Recording r;
  std::mt19937_64 random(1);
  std::vector<uint64_t> live;
  for (int i = 0; i < 3000; i++) {
    const uint32_t thread = 1 + static_cast<uint32_t>(i / 50 % 3);
    if (live.empty() || random() % 5 != 0) {
      const uint64_t address = 0x5000 + random() % 4000 * 16;
      if (std::find(live.begin(), live.end(), address) != live.end()) continue;
      r.Malloc(thread, {0x100, 0x200 + random() % 8}, address, random() % 200);
      live.push_back(address);
    } else {
      const size_t which = random() % 2 == 0 ? live.size() - 1 : random() % live.size();
      r.Free(thread, live[which]);
      live.erase(live.begin() + static_cast<ptrdiff_t>(which));
    }
    if (i % 400 == 399) r.Cut(thread);
  }
  r.Failed(2, {0x140}, uint64_t{1} << 50).Free(1, 0xdead0000).Malloc(1, {0x100}, 0x7fff12345678, 8);
  r.Malloc(1, {0x100}, 0x7fff12345679, uint64_t{1} << 40);
  return r.Text();
}

TEST(PackedTest, TheDocumentComesBackByteForByte) {
  const std::string document = BusyDocument();
  const std::string packed = Packed(document);
  EXPECT_TRUE(IsPacked(packed));
  EXPECT_FALSE(IsPacked(document));
  EXPECT_EQ(Unpacked(packed), document);
  EXPECT_LT(packed.size(), document.size());
  EXPECT_EQ(packed.find("\"data\":\"A"), std::string::npos) << "a chunk was left as it is";
}

TEST(PackedTest, LinesThatAreNoChunksComeBack) {
  for (const std::string& text :
       {std::string(), std::string("no newline"), std::string("\n\n\n"),
        std::string("\x01\x01"
                    "b\n"),
        std::string("{\"k\":\"chunk\",\"data\":\"\"}\n"),
        std::string("{\"k\":\"chunk\",\"data\":\"AAAA"),
        std::string("{\"k\":\"chunk\",\"data\":\"not base64!\"}\n"), std::string("a\0b\n", 4)}) {
    EXPECT_EQ(Unpacked(Packed(text)), text);
  }
}

TEST(PackedTest, BlocksThatNoRecorderWritesComeBack) {
  std::mt19937 random(2);
  for (int round = 0; round < 500; round++) {
    std::string bytes(16 + random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const std::string line = test::ChunkLine(1, 0, 1, 1, 1, 1, test::Base64(bytes)) + "\n";
    ASSERT_EQ(Unpacked(Packed(line)), line);
  }
  // Half a real block, whose last record is cut.
  BlockBuilder b(1, 1000, 1);
  b.Alloc(b.Define(0, 0x100), 0x1000, 24, 1100);
  for (size_t n = 0; n < b.bytes().size(); n++) {
    const std::string line =
        test::ChunkLine(1, 0, 1, 1, 1, 1, test::Base64(b.bytes().substr(0, n))) + "\n";
    ASSERT_EQ(Unpacked(Packed(line)), line);
  }
}

TEST(PackedTest, CutAtEveryByteGivesABeginning) {
  const std::string document = BusyDocument();
  const std::string packed = Packed(document);
  size_t longest = 0;
  for (size_t n = 19; n < packed.size(); n++) {
    const std::string part = Unpacked(std::string_view(packed).substr(0, n));
    ASSERT_EQ(part, document.substr(0, part.size())) << n;
    ASSERT_GE(part.size(), longest) << n;
    longest = part.size();
  }
  EXPECT_GT(longest, document.size() / 2);
}

TEST(PackedTest, HostileBytesUnfoldIntoLittle) {
  const std::string packed = Packed(BusyDocument());
  std::mt19937 random(3);
  for (int round = 0; round < 2000; round++) {
    std::string bytes = packed;
    for (int i = 0; i < 4; i++) {
      bytes[19 + random() % (round % 2 == 0 ? 64 : bytes.size() - 19)] =
          static_cast<char>(random());
    }
    ASSERT_LE(Unpacked(bytes).size(), 12 * bytes.size());
  }
}

TEST(CompressTest, ACompressedTraceReadsAsThePlainOne) {
  const TempDir dir;
  const std::string document = BusyDocument();
  const std::string plain = dir.Write("trace.json", document);
  for (const int level : {1, kDefaultLevel, 19}) {
    std::ostringstream out;
    ASSERT_TRUE(CompressTrace(plain, {}, level, &out).ok());
    const std::string path = dir.Write("no_telling_name", out.str());
    const Result<MappedFile> file = OpenDocument(path);
    ASSERT_TRUE(file.ok());
    EXPECT_TRUE(file.value().bytes() == document);
    EXPECT_EQ(LoadText(out.str()).log.events, LoadText(document).log.events);
  }
}

TEST(CompressTest, ACutFileReadsAsFarAsItGoes) {
  const TempDir dir;
  const std::string document = BusyDocument();
  std::ostringstream out;
  ASSERT_TRUE(CompressTrace(dir.Write("trace.json", document), {}, 3, &out).ok());
  for (size_t n = 4; n < out.str().size(); n += 501) {
    const Result<MappedFile> file = OpenDocument(dir.Write("cut.zst", out.str().substr(0, n)));
    ASSERT_TRUE(file.ok());
    const std::string_view bytes = file.value().bytes();
    if (IsPacked(bytes) || bytes.empty()) continue;
    EXPECT_EQ(bytes, document.substr(0, bytes.size()));
  }
}

TEST(CompressTest, WhatIsNoTraceIsRefused) {
  const TempDir dir;
  for (const char* text : {"", "hello\n", "{\"other\":1}\n"}) {
    std::ostringstream out;
    const Status status = CompressTrace(dir.Write("file", text), {}, 3, &out);
    ASSERT_FALSE(status.ok());
    EXPECT_NE(status.message().find("not an allocprof trace"), std::string::npos);
  }
}

TEST(CompressTest, TheSpoolOfAKilledProcessTravelsInTheCopy) {
  const TempDir dir;
  Recording r;
  r.Malloc(1, {0x100}, 0x1000, 24).Malloc(1, {0x100, 0x110}, 0x2000, 48).Free(1, 0x1000);
  BlockBuilder block(1, 2000, 10);
  block.Alloc(block.Define(0, 0x500), 0x9000, 77, 2100);
  const std::string plain = dir.Write("trace.json", r.TextWithoutEnd());
  dir.Write("trace.json.spool", test::SpoolBuilder().Ring(1, {block}).bytes());
  const Result<Trace> original = Load(plain);
  ASSERT_TRUE(original.ok());

  std::ostringstream out;
  ASSERT_TRUE(CompressTrace(plain, {}, 3, &out).ok());
  const Result<Trace> copy = Load(dir.Write("elsewhere.zst", out.str()));
  ASSERT_TRUE(copy.ok());
  EXPECT_TRUE(copy.value().from_spool);
  EXPECT_EQ(copy.value().chunks.size(), original.value().chunks.size());
  EXPECT_EQ(copy.value().damage.size(), original.value().damage.size());
  EXPECT_EQ(copy.value().ending, original.value().ending);
  EXPECT_EQ(copy.value().last_stamp(), original.value().last_stamp());
}

}  // namespace
}  // namespace allocprof::trace
