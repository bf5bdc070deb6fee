// SPDX-License-Identifier: Apache-2.0
//
// What follows from what in machine code, as four levels of optimisation arrange it.
#include "symbols/code_flow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "symbols/elf_symbols.h"
#include "symbols/instructions.h"

namespace allocprof::symbols {
namespace {

class CodeFlowTest : public testing::TestWithParam<const char*> {
 protected:
  CodeFlowTest()
      : path_(std::string(ALLOCPROF_FIXTURES "/flow_") + GetParam()),
        file_(ElfFile::Open(path_)),
        parts_(*file_),
        imports_(*file_) {
    symbols_.Add(*file_);
    symbols_.Seal();
  }

  // The n-th call of `callee` in a function, in the order of addresses, which is that of the source
  // where a test asks for it.
  CodePoint Call(const std::string& function, const std::string& callee, size_t n = 0) {
    std::vector<uint64_t> calls;
    EXPECT_TRUE(symbols_.StartOf(function)) << function;
    for (const char* suffix : {"", ".cold"}) {
      const auto part = parts_.Find(symbols_.StartOf(function + suffix).value_or(0));
      if (!part) continue;
      const auto code = file_->ReadCode(part->begin, part->end - part->begin);
      for (const Instruction& i : ReadInstructions(code, part->begin)) {
        if (i.flow != Flow::kCall && i.flow != Flow::kSlotCall) continue;
        const ImportTarget target =
            i.flow == Flow::kCall ? imports_.OfStub(i.target) : imports_.OfSlot(i.target);
        if (target.name == callee) calls.push_back(i.end());
      }
    }
    EXPECT_LT(n, calls.size()) << function << " calls " << callee;
    return {n < calls.size() ? calls[n] : 0, false};
  }

  Reach Reaches(CodePoint from, CodePoint to) { return flow_.Reaches({path_, ""}, from, to); }
  Reach Leaves(CodePoint from, bool freeing) {
    return flow_.EndsInTailCall({path_, ""}, from, freeing);
  }
  // At -O0 and -O1 a call that comes last is a call like any other.
  bool HasTailCalls() const {
    const std::string level = GetParam();
    return level != "O0" && level != "O1";
  }

  std::string path_;
  std::unique_ptr<ElfFile> file_;
  FunctionParts parts_;
  Imports imports_;
  ElfSymbols symbols_;
  CodeFlow flow_{Options{}};
};

TEST_P(CodeFlowTest, CodeRunsOnwards) {
  const CodePoint a = Call("straight", "a"), b = Call("straight", "b");
  EXPECT_EQ(Reaches(a, b), Reach::kYes);
  EXPECT_EQ(Reaches(b, a), Reach::kNo);
  EXPECT_EQ(Reaches(a, a), Reach::kNo);
}

TEST_P(CodeFlowTest, ALoopComesBack) {
  const CodePoint a = Call("loop", "a"), b = Call("loop", "b");
  EXPECT_EQ(Reaches(a, b), Reach::kYes);
  EXPECT_EQ(Reaches(b, a), Reach::kYes);
  EXPECT_EQ(Reaches(a, a), Reach::kYes);
}

TEST_P(CodeFlowTest, OneBranchDoesNotLeadToTheOther) {
  const CodePoint a1 = Call("branches", "a", 0), a2 = Call("branches", "a", 1);
  const CodePoint b1 = Call("branches", "b", 0);
  EXPECT_EQ(Reaches(a1, a2), Reach::kYes);
  EXPECT_EQ(Reaches(a1, b1), Reach::kNo);
  EXPECT_EQ(Reaches(b1, a2), Reach::kNo);
}

TEST_P(CodeFlowTest, CasesOfASwitchAreApart) {
  const CodePoint a = Call("switched", "a", 0), b = Call("switched", "b", 0);
  const CodePoint c = Call("switched", "c"), d = Call("switched", "d");
  EXPECT_EQ(Reaches(a, b), Reach::kNo);
  EXPECT_EQ(Reaches(b, c), Reach::kNo);
  EXPECT_EQ(Reaches(d, a), Reach::kNo);
  EXPECT_EQ(Reaches(a, a), Reach::kNo);
}

TEST_P(CodeFlowTest, CasesOfASwitchInALoopFollowEachOther) {
  const CodePoint a = Call("switched_in_loop", "a", 0), b = Call("switched_in_loop", "b", 0);
  const CodePoint c = Call("switched_in_loop", "c");
  EXPECT_EQ(Reaches(a, b), Reach::kYes);
  EXPECT_EQ(Reaches(b, a), Reach::kYes);
  EXPECT_EQ(Reaches(c, c), Reach::kYes);
}

TEST_P(CodeFlowTest, ACallThatNeverReturnsLeadsNowhere) {
  const CodePoint a = Call("checked", "a"), b = Call("checked", "b", 0);
  EXPECT_EQ(Reaches(a, b), Reach::kYes);
  EXPECT_EQ(Reaches(b, a), Reach::kNo);
  // The name of its cold part is stripped, too.
  if (std::string(GetParam()) == "O2_stripped") return;
  const CodePoint aborted = Call("checked", "abort");
  EXPECT_EQ(Reaches(aborted, b), Reach::kNo);
  EXPECT_EQ(Reaches(aborted, a), Reach::kNo);
}

TEST_P(CodeFlowTest, SetjmpReturnsFromAnyLaterCall) {
  const CodePoint a = Call("jumped", "a"), b = Call("jumped", "b"), c = Call("jumped", "c");
  EXPECT_EQ(Reaches(a, b), Reach::kYes);
  EXPECT_EQ(Reaches(c, b), Reach::kYes);
  EXPECT_EQ(Reaches(b, a), Reach::kNo);
}

TEST_P(CodeFlowTest, AFreeAsTheLastCallIsATailCall) {
  const CodePoint a = Call("leaves", "a"), b = Call("leaves", "b");
  EXPECT_EQ(Leaves(a, true), HasTailCalls() ? Reach::kYes : Reach::kNo);
  // Past this one the function returns.
  EXPECT_EQ(Reaches(a, b), Reach::kYes);
  EXPECT_EQ(Leaves(b, true), Reach::kNo);
}

TEST_P(CodeFlowTest, ATailCallIsFollowed) {
  const CodePoint a = Call("leaves_twice", "a"), b = Call("frees_last", "b");
  EXPECT_EQ(Reaches(a, b), HasTailCalls() ? Reach::kYes : Reach::kNo);
  EXPECT_EQ(Reaches(b, a), Reach::kNo);
  EXPECT_EQ(Leaves(a, true), HasTailCalls() ? Reach::kYes : Reach::kNo);
}

TEST_P(CodeFlowTest, AnInterruptedInstructionIsAPlaceToo) {
  const CodePoint a = Call("loop", "a"), b = Call("straight", "b"), c = Call("straight", "c");
  const CodePoint inside{c.address - 6, true};  // before the call of c
  EXPECT_EQ(Reaches(b, inside), Reach::kYes);
  EXPECT_EQ(Reaches(inside, b), Reach::kNo);
  EXPECT_EQ(Reaches(a, inside), Reach::kNo) << "another function";
}

TEST_P(CodeFlowTest, WithoutCodeItRunsOnwardsOnly) {
  CodeFlow flow{Options{}};
  const Module gone{"/no/such/file", ""};
  EXPECT_EQ(flow.Reaches(gone, {100, false}, {200, false}), Reach::kYes);
  EXPECT_EQ(flow.Reaches(gone, {200, false}, {100, false}), Reach::kNo);
  EXPECT_EQ(flow.Reaches(gone, {100, false}, {100, false}), Reach::kNo);
  EXPECT_EQ(flow.EndsInTailCall(gone, {100, false}, true), Reach::kUnknown);
  const Module other{path_, "00112233"};
  EXPECT_EQ(flow.Reaches(other, Call("loop", "b"), Call("loop", "a")), Reach::kNo);
}

INSTANTIATE_TEST_SUITE_P(Levels, CodeFlowTest,
                         testing::Values("O0", "O1", "O2", "O3", "O2_stripped", "O2_noplt"),
                         [](const auto& level) { return std::string(level.param); });

}  // namespace
}  // namespace allocprof::symbols
