// SPDX-License-Identifier: Apache-2.0
//
// Unwind tables that lie. Built with an address sanitizer these tests see any read outside them;
// without one they still see a crash, an endless loop, and a rule of no kind.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "cfi.h"
#include "eh_frame_copy.h"

namespace allocprof {
namespace {

using test::ExactBytes;

bool IsRule(const Rule& r) { return r.kind >= RuleKind::kSp && r.kind <= RuleKind::kOdd; }

TEST(CfiHostileTest, ACopyOfTheTablesGivesTheSameRules) {
  const EhFrame original = ThisProgramsEhFrame();
  const ExactBytes copy(original.bytes);
  const auto high = original.origin + original.bytes.size();
  int compared = 0;
  for (const uintptr_t function : original.functions) {
    for (const uintptr_t offset : {uintptr_t{0}, uintptr_t{1}, uintptr_t{5}, uintptr_t{20}}) {
      const Rule there =
          CompileRule(function + offset, reinterpret_cast<const uint8_t*>(original.origin),
                      original.origin, high);
      const Rule here = RuleFromCopy(copy, original, function, offset);
      ASSERT_EQ(memcmp(&there, &here, sizeof(Rule)), 0);
      compared += there.kind == RuleKind::kNoCfi ? 0 : 1;
    }
  }
  EXPECT_GT(compared, 1000);
}

TEST(CfiHostileTest, RandomBytesAnywhereAreSurvived) {
  const EhFrame original = ThisProgramsEhFrame();
  std::mt19937 random(11);
  for (int round = 0; round < 300; round++) {
    ExactBytes copy(original.bytes);
    for (int i = 0; i < 400; i++) copy[random() % copy.size()] = static_cast<uint8_t>(random());
    for (int i = 0; i < 100; i++) {
      const uintptr_t f = original.functions[random() % original.functions.size()];
      ASSERT_TRUE(IsRule(RuleFromCopy(copy, original, f, random() % 200)));
    }
  }
}

TEST(CfiHostileTest, RandomBytesInOneEntryAreSurvived) {
  const EhFrame original = ThisProgramsEhFrame();
  std::mt19937 random(12);
  ExactBytes copy(original.bytes);
  for (int round = 0; round < 20000; round++) {
    const size_t index = random() % original.functions.size();
    int32_t entry = 0;
    memcpy(&entry, original.bytes.data() + 12 + index * 8 + 4, 4);
    // The entry, and what stands behind it.
    const size_t at = static_cast<size_t>(entry) + random() % 48;
    if (at >= copy.size()) continue;
    const uint8_t before = copy[at];
    copy[at] = static_cast<uint8_t>(random());
    ASSERT_TRUE(IsRule(RuleFromCopy(copy, original, original.functions[index], random() % 64)));
    copy[at] = before;
  }
}

TEST(CfiHostileTest, TablesCutAnywhereAreSurvived) {
  const EhFrame original = ThisProgramsEhFrame();
  std::mt19937 random(13);
  for (size_t n = 12; n < original.bytes.size(); n += 1 + n / 50) {
    const ExactBytes copy(original.bytes.data(), n);
    for (int i = 0; i < 50; i++) {
      const uintptr_t f = original.functions[random() % original.functions.size()];
      ASSERT_TRUE(IsRule(RuleFromCopy(copy, original, f, random() % 64))) << n;
    }
  }
}

TEST(CfiHostileTest, AHeaderThatIsNoneHasNoRules) {
  const EhFrame original = ThisProgramsEhFrame();
  const uintptr_t f = original.functions[original.functions.size() / 2];
  for (size_t at = 0; at < 4; at++) {
    if (at == 1) continue;  // the encoding of a pointer that is not used
    ExactBytes copy(original.bytes);
    copy[at] = 0x7e;
    EXPECT_EQ(RuleFromCopy(copy, original, f, 0).kind, RuleKind::kNoCfi) << at;
  }
}

TEST(CfiHostileTest, AModuleWithoutTablesHasNoRules) {
  EXPECT_EQ(CompileRule(0x1000, nullptr, 0x1000, 0x2000).kind, RuleKind::kNoCfi);
}

TEST(CfiHostileTest, TablesOutsideTheirModuleAreNotRead) {
  const EhFrame original = ThisProgramsEhFrame();
  const ExactBytes copy(original.bytes);
  const auto low = reinterpret_cast<uintptr_t>(copy.begin());
  EXPECT_EQ(CompileRule(low, copy.begin(), low + 4096, low + 8192).kind, RuleKind::kNoCfi);
  EXPECT_EQ(CompileRule(low, copy.end(), low, low + copy.size()).kind, RuleKind::kNoCfi);
}

TEST(CfiHostileTest, AddressesOutsideAnyFunctionHaveNoRules) {
  const EhFrame original = ThisProgramsEhFrame();
  const auto* header = reinterpret_cast<const uint8_t*>(original.origin);
  const auto high = original.origin + original.bytes.size();
  for (const uintptr_t at : {uintptr_t{0}, uintptr_t{1}, UINTPTR_MAX, uintptr_t{1} << 63}) {
    EXPECT_EQ(CompileRule(at, header, original.origin, high).kind, RuleKind::kNoCfi) << at;
  }
}

}  // namespace
}  // namespace allocprof
