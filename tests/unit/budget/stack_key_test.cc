// SPDX-License-Identifier: Apache-2.0
//
// What changes from build to build and run to run must not make another stack of one.
#include "budget/stack_key.h"

#include <gtest/gtest.h>

namespace allocprof::budget {
namespace {

report::Frame F(const std::string& function, bool system = false) {
  report::Frame frame;
  frame.function = function;
  frame.module = "demo";
  frame.system = system;
  return frame;
}

std::string Name(const std::string& function) { return KeyName(F(function)); }

TEST(StackKeyTest, NamesWithoutParametersTemplatesAndClones) {
  EXPECT_EQ(Name("parse(std::string const&)"), "parse");
  EXPECT_EQ(Name("void Tree<int, 4>::insert<char>(char)"), "Tree::insert");
  EXPECT_EQ(Name("std::vector<int> make<int>()"), "make");
  EXPECT_EQ(Name("parse.constprop.0"), "parse");
  EXPECT_EQ(Name("parse.isra.0.cold"), "parse");
  EXPECT_EQ(Name("parse(int) [clone .part.3]"), "parse");
  EXPECT_EQ(Name("load[abi:cxx11](int)"), "load");
  EXPECT_EQ(Name("(anonymous namespace)::helper(int)"), "{anonymous}::helper");
  EXPECT_EQ(Name("void (anonymous namespace)::helper<int>(int)"), "{anonymous}::helper");
  EXPECT_EQ(Name("operator new(unsigned long)"), "operator new");
  EXPECT_EQ(Name("bool operator==<int>(A const&, B const&)"), "operator==");
  EXPECT_EQ(Name("app::run::{closure#3}"), "app::run::{closure}");
  EXPECT_EQ(Name("<app::Tree<T> as core::iter::Iterator>::next"),
            Name("<app::Tree<u8> as core::iter::Iterator>::next"));
}

TEST(StackKeyTest, WhatHasNoSymbolIsItsModuleAndOffset) {
  report::Frame frame;
  frame.module = "libx.so.1";
  frame.offset = 0x1234;
  EXPECT_EQ(KeyName(frame), "libx.so.1+0x1234");
  frame.function = "libx.so.1+0x1200";
  EXPECT_EQ(KeyName(frame), "libx.so.1+0x1200");
  EXPECT_EQ(Name("[frames left out]"), "[frames left out]");
}

TEST(StackKeyTest, LinesInlinesAndTheLibrarysInsidesAreNotInIt) {
  Frames a = {F("std::vector<int>::push_back(int)", true), F("fill(int)"), F("main")};
  a[1].line = 7;
  Frames b = {F("std::vector<int>::_M_realloc_insert(int)", true),
              F("std::vector<int>::push_back(int)", true), F("fill(int)"), F("main"),
              F("__libc_start_main", true)};
  b[2].line = 9;
  b[2].inlined = true;
  EXPECT_EQ(StackKey(a), "fill\nmain");
  EXPECT_EQ(StackKey(a), StackKey(b));
  EXPECT_EQ(KeyId(StackKey(a)).size(), 16u);
  EXPECT_NE(KeyId("fill\nmain"), KeyId("main\nfill"));
}

TEST(StackKeyTest, DepthOfARecursionIsNotInIt) {
  EXPECT_EQ(StackKey({F("walk"), F("walk"), F("walk"), F("main")}), "walk\nmain");
  EXPECT_EQ(StackKey({F("walk"), F("main"), F("walk")}), "walk\nmain\nwalk");
}

TEST(StackKeyTest, AStackOfTheSystemAloneHasItsNames) {
  EXPECT_EQ(StackKey({F("_dl_init", true), F("_start", true)}), "_dl_init\n_start");
  EXPECT_EQ(StackKey({}), "");
}

TEST(StackKeyTest, TheCallSiteAndThePlaceWithASource) {
  Frames stack = {F("malloc", true), F("lib_call"), F("mine"), F("main")};
  stack[0].plumbing = true;
  EXPECT_EQ(CallSiteOf(stack), 1u);
  EXPECT_EQ(PlaceOf(stack), 1u);
  stack[2].file = "src/mine.c";
  stack[2].line = 3;
  EXPECT_EQ(CallSiteOf(stack), 1u);
  EXPECT_EQ(PlaceOf(stack), 2u);
  EXPECT_EQ(CallSiteOf({}), 0u);
}

TEST(StackKeyTest, AShortStackEndsWhereItIsLong) {
  EXPECT_EQ(ShortStack({F("a(int)"), F("b"), F("b"), F("c")}, 9), "a < b < c");
  EXPECT_EQ(ShortStack({F("a"), F("b"), F("c")}, 2), "a < b < ...");
}

}  // namespace
}  // namespace allocprof::budget
