// SPDX-License-Identifier: Apache-2.0
#include "symbols/demangle.h"

#include <gtest/gtest.h>

#include <string>

namespace allocprof::symbols {
namespace {

TEST(DemangleTest, CxxKeepsParameters) {
  EXPECT_EQ(Demangle("_ZN4shop4Cart3AddEi"), "shop::Cart::Add(int)");
  EXPECT_EQ(Demangle("_ZNK3Foo3barERKSs"), "Foo::bar(std::string const&) const");
  EXPECT_EQ(Demangle("_ZN12_GLOBAL__N_16HiddenEv"), "(anonymous namespace)::Hidden()");
  EXPECT_EQ(Demangle("_Znwm"), "operator new(unsigned long)");
}

TEST(DemangleTest, ReturnTypeOfTemplateIsDropped) {
  EXPECT_EQ(Demangle("_Z5TwiceIiET_S0_"), "Twice<int>(int)");
}

TEST(DemangleTest, ReturnTypeInsideFunctionPointerParameterStays) {
  EXPECT_EQ(Demangle("_Z3runIiFidEEvPT0_"), "run<int, int (double)>(int (*)(double))");
}

TEST(DemangleTest, RustLegacyLosesItsHash) {
  EXPECT_EQ(Demangle("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE"),
            "core::fmt::Formatter::pad");
  EXPECT_EQ(Demangle("_ZN60_$LT$alloc..string..String$u20$as$u20$core..fmt..Display$GT$3fmt"
                     "17h0123456789abcdefE"),
            "<alloc::string::String as core::fmt::Display>::fmt");
}

TEST(DemangleTest, RustV0) {
  EXPECT_EQ(Demangle("_RNvCs1234_7mycrate3foo"), "mycrate::foo");
  EXPECT_EQ(Demangle("_RNvMNtCs1_5crate5storeNtB2_5Shelf3put"), "<crate::store::Shelf>::put");
}

TEST(DemangleTest, PlainNamesAreUnchanged) {
  for (const char* name : {"", "main", "malloc", "_start", "__libc_start_main", "resize.cold", "i",
                           "_Z", "_R", "_ZN", "_Zqqqq", "_R9"}) {
    EXPECT_EQ(Demangle(name), name);
  }
}

TEST(DemangleTest, NameWithZeroByteIsUnchanged) {
  const std::string name("_Z3foov\0x", 9);
  EXPECT_EQ(Demangle(name), name);
}

TEST(DemangleTest, ViewNeedsNoTerminator) {
  EXPECT_EQ(Demangle(std::string_view("_Z3foovGARBAGE", 7)), "foo()");
}

TEST(DemangleTest, HugeNamesComeBack) {
  constexpr size_t kSize = 64 << 10;
  for (const char* piece : {"P", "N", "I", "F", "S_", "1a", "_", "T_", "X", "RN", "B_", "K"}) {
    for (const char* prefix : {"_Z", "_ZN", "_R", "_RNv", "_RI", "_Z1fP"}) {
      std::string name = prefix;
      while (name.size() < kSize) name += piece;
      EXPECT_FALSE(Demangle(name).empty()) << prefix << piece;
    }
  }
}

// Each parameter names a function of two of the one before it: the text doubles with each.
TEST(DemangleTest, UnfoldingNameIsLeftAlone) {
  std::string name = "_Z1fFvPiS_E";
  const std::string digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (size_t i = 1; i < digits.size(); ++i) {
    const std::string last = std::string("S") + digits[i] + "_";
    name += "PFv" + last + last + "E";
  }
  EXPECT_EQ(Demangle(name), name);
}

TEST(DemangleTest, NameBeyondTheDemanglersLimitIsUnchanged) {
  const std::string part(600, 'a');
  const std::string name = "_ZN600" + part + "600" + part + "Ev";
  EXPECT_EQ(Demangle(name), name);
  EXPECT_EQ(Demangle("_Z600" + part + "v"), part + "()");
}

}  // namespace
}  // namespace allocprof::symbols
