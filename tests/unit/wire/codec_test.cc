// SPDX-License-Identifier: Apache-2.0
#include "wire/codec.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "support/exact_bytes.h"

namespace allocprof::wire {
namespace {

using test::ExactBytes;

constexpr Record kKinds[] = {Record::kAlloc,   Record::kFree,   Record::kReallocFree,
                             Record::kDefine,  Record::kFailed, Record::kDeeper,
                             Record::kExtended};

// Zero, every power of two and its neighbours, and the largest.
std::vector<uint64_t> Landmarks() {
  std::vector<uint64_t> all = {0};
  for (int bit = 0; bit < 64; bit++) {
    const uint64_t power = uint64_t{1} << bit;
    for (const uint64_t v : {power - 1, power, power + 1}) all.push_back(v);
  }
  all.push_back(UINT64_MAX);
  return all;
}

// As Landmarks, as signed steps in both directions.
std::vector<int64_t> SignedLandmarks() {
  std::vector<int64_t> all;
  for (const uint64_t v : Landmarks()) {
    all.push_back(static_cast<int64_t>(v));
    all.push_back(static_cast<int64_t>(0 - v));
  }
  return all;
}

ExactBytes Encode(Record kind, uint8_t aux, const std::array<uint64_t, 4>& f) {
  uint8_t buffer[kMaxRecordBytes + 8];
  const uint8_t* end = EncodeRecord(buffer, kind, aux, f[0], f[1], f[2], f[3]);
  return ExactBytes(buffer, static_cast<size_t>(end - buffer));
}

void ExpectRoundTrip(Record kind, uint8_t aux, const std::array<uint64_t, 4>& f) {
  const ExactBytes bytes = Encode(kind, aux, f);
  ASSERT_LE(bytes.size(), kMaxRecordBytes);
  Fields out;
  ASSERT_EQ(DecodeRecord(bytes.begin(), bytes.end(), &out), bytes.end());
  EXPECT_EQ(out.kind, kind);
  EXPECT_EQ(out.aux, aux);
  for (int i = 0; i < 4; i++) EXPECT_EQ(out.f[i], f[i]) << "field " << i;
}

TEST(CodecTest, EveryFieldOfEveryKindKeepsEveryPowerOfTwoAndItsNeighbours) {
  for (const Record kind : kKinds) {
    for (size_t field = 0; field < 4; field++) {
      for (const uint64_t v : Landmarks()) {
        std::array<uint64_t, 4> f{};
        f[field] = v;
        ExpectRoundTrip(kind, 0, f);
      }
    }
  }
}

TEST(CodecTest, FieldsOfAllLengthsStandTogether) {
  constexpr uint64_t kLengths[] = {0,         0xff,       0xffff,      0xffffff,
                                   0x1000000, 0xffffffff, 0x100000000, UINT64_MAX};
  for (const uint64_t a : kLengths) {
    for (const uint64_t b : kLengths) {
      for (const uint64_t c : kLengths) {
        for (const uint64_t d : kLengths) ExpectRoundTrip(Record::kAlloc, 8, {a, b, c, d});
      }
    }
  }
}

TEST(CodecTest, EveryAuxIsKept) {
  for (const Record kind : kKinds) {
    for (uint8_t aux = 0; aux < 16; aux++) ExpectRoundTrip(kind, aux, {1, 2, 3, 4});
  }
}

TEST(CodecTest, ZeroFieldsTakeNoBytes) {
  EXPECT_EQ(Encode(Record::kAlloc, 0, {0, 0, 0, 0}).size(), 2u);
}

TEST(CodecTest, NarrowFieldsTakeOneTwoOrThreeBytes) {
  EXPECT_EQ(Encode(Record::kAlloc, 0, {0, 0, 0, 0}).size(), 2u);
  EXPECT_EQ(Encode(Record::kAlloc, 0, {0xff, 0, 0, 0}).size(), 3u);
  EXPECT_EQ(Encode(Record::kAlloc, 0, {0x100, 0, 0, 0}).size(), 4u);
  EXPECT_EQ(Encode(Record::kAlloc, 0, {0x10000, 0, 0, 0}).size(), 5u);
  EXPECT_EQ(Encode(Record::kAlloc, 0, {0xffffff, 0, 0xff, 0x100}).size(), 2u + 3 + 1 + 2);
}

TEST(CodecTest, AFieldOfFourBytesMakesAllFieldsEven) {
  EXPECT_EQ(Encode(Record::kAlloc, 0, {0x1000000, 0, 0, 0}).size(), 2u + 4);
  EXPECT_EQ(Encode(Record::kAlloc, 0, {0xffffffff, 1, 0x100, 0x10000}).size(), 2u + 4 + 2 + 2 + 4);
  EXPECT_EQ(Encode(Record::kAlloc, 0, {0x100000000, 0, 1, 0}).size(), 2u + 8 + 2);
}

TEST(CodecTest, TheLargestRecordIsMaxRecordBytes) {
  const ExactBytes bytes =
      Encode(Record::kDefine, 15, {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX});
  EXPECT_EQ(bytes.size(), kMaxRecordBytes);
}

TEST(CodecTest, TheExampleOfTheSpecificationEncodesToItsBytes) {
  // A free of the stack one id below, 8 bytes above, 100 units later.
  const uint64_t address = PackAddress(0x7f0000001008, 0x7f0000001000);
  const ExactBytes bytes = Encode(Record::kFree, static_cast<uint8_t>(Entry::kFree),
                                  {ZigZag(-1), address, ZigZag(100), 0});
  const std::vector<uint8_t> expected = {0x92, 0x15, 0x01, 0x02, 0xc8};
  EXPECT_EQ(std::vector<uint8_t>(bytes.begin(), bytes.end()), expected);
}

TEST(CodecTest, TheExampleOfTheSpecificationDecodesToItsMeaning) {
  const uint8_t text[] = {0x92, 0x15, 0x01, 0x02, 0xc8};
  const ExactBytes bytes(text, sizeof(text));
  Fields r;
  ASSERT_EQ(DecodeRecord(bytes.begin(), bytes.end(), &r), bytes.end());
  EXPECT_EQ(r.kind, Record::kFree);
  EXPECT_EQ(static_cast<Entry>(r.aux), Entry::kFree);
  EXPECT_EQ(UnZigZag(r.f[0]), -1);
  EXPECT_EQ(UnpackAddress(r.f[1], 0x5000), 0x5008u);
  EXPECT_EQ(UnZigZag(r.f[2]), 100);
  EXPECT_EQ(r.f[3], 0u);
}

TEST(CodecTest, ARecordCutAtAnyByteIsNone) {
  for (const auto& f : std::vector<std::array<uint64_t, 4>>{
           {1, 2, 3, 4}, {0x100, 0, 0x10000, 1}, {UINT64_MAX, 1, UINT64_MAX, 0}, {0, 0, 0, 0}}) {
    for (const Record kind : kKinds) {
      const ExactBytes whole = Encode(kind, 3, f);
      for (size_t n = 0; n < whole.size(); n++) {
        const ExactBytes cut(whole.begin(), n);
        Fields out;
        EXPECT_EQ(DecodeRecord(cut.begin(), cut.end(), &out), nullptr) << n;
      }
    }
  }
}

TEST(CodecTest, ZeroedMemoryIsNoRecord) {
  const std::vector<uint8_t> zeroes(64);
  const ExactBytes bytes(zeroes.data(), zeroes.size());
  Fields out;
  EXPECT_EQ(DecodeRecord(bytes.begin(), bytes.end(), &out), nullptr);
}

TEST(CodecTest, KindZeroIsNoRecordWhateverItsAuxAndWidth) {
  for (int first = 0; first < 256; first += 8) {
    const uint8_t text[] = {static_cast<uint8_t>(first), 0};
    Fields out;
    EXPECT_EQ(DecodeRecord(text, text + 2, &out), nullptr) << first;
  }
}

TEST(CodecTest, TheReservedKindIsSteppedOverByItsLengths) {
  const ExactBytes bytes = Encode(Record::kExtended, 1, {1, 0x1000, 0, UINT64_MAX});
  Fields out;
  EXPECT_EQ(DecodeRecord(bytes.begin(), bytes.end(), &out), bytes.end());
  EXPECT_EQ(out.kind, Record::kExtended);
}

TEST(CodecTest, EveryPairOfFirstBytesStaysInsideItsBuffer) {
  for (int first = 0; first < 256; first++) {
    for (int second = 0; second < 256; second++) {
      for (const size_t n : {size_t{2}, size_t{3}, size_t{9}, size_t{34}}) {
        std::vector<uint8_t> text(n, 0xff);
        text[0] = static_cast<uint8_t>(first);
        text[1] = static_cast<uint8_t>(second);
        const ExactBytes bytes(text.data(), n);
        Fields out;
        const uint8_t* next = DecodeRecord(bytes.begin(), bytes.end(), &out);
        ASSERT_TRUE(next == nullptr || (next > bytes.begin() && next <= bytes.end()));
      }
    }
  }
}

TEST(ZigZagTest, SmallStepsOfBothSignsAreSmallNumbers) {
  EXPECT_EQ(ZigZag(0), 0u);
  EXPECT_EQ(ZigZag(-1), 1u);
  EXPECT_EQ(ZigZag(1), 2u);
  EXPECT_EQ(ZigZag(-2), 3u);
  EXPECT_EQ(ZigZag(100), 0xc8u);
}

TEST(ZigZagTest, ExtremesComeBack) {
  for (const int64_t v : SignedLandmarks()) EXPECT_EQ(UnZigZag(ZigZag(v)), v);
  EXPECT_EQ(ZigZag(INT64_MAX), UINT64_MAX - 1);
  EXPECT_EQ(ZigZag(INT64_MIN), UINT64_MAX);
}

TEST(AddressTest, AlignedNeighboursTakeOneByte) {
  EXPECT_LT(PackAddress(0x1000 + 8 * 127, 0x1000), 256u);
  EXPECT_LT(PackAddress(0x1000 - 8 * 127, 0x1000), 256u);
}

TEST(AddressTest, EveryDistanceAndAlignmentComesBack) {
  for (const uint64_t base :
       {uint64_t{0}, uint64_t{0x7f1234567890}, UINT64_MAX, uint64_t{1} << 63}) {
    for (const uint64_t distance : Landmarks()) {
      for (uint64_t low = 0; low < 8; low++) {
        for (const uint64_t address : {base + distance + low, base - distance - low}) {
          ASSERT_EQ(UnpackAddress(PackAddress(address, base), base), address)
              << std::hex << base << " " << address;
        }
      }
    }
  }
}

}  // namespace
}  // namespace allocprof::wire
