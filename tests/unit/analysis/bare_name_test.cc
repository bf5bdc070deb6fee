// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "analysis/plumbing.h"

namespace allocprof::analysis {
namespace {

struct Case {
  const char* demangled;
  const char* bare;
};

void ExpectAll(std::initializer_list<Case> cases) {
  for (const Case& c : cases) EXPECT_EQ(BareName(c.demangled), c.bare) << c.demangled;
}

TEST(BareNameTest, PlainNamesStay) {
  ExpectAll({{"main", "main"}, {"_IO_file_doallocate", "_IO_file_doallocate"}, {"", ""}});
}

TEST(BareNameTest, ParametersAreDropped) {
  ExpectAll({{"parse(char const*, int)", "parse"},
             {"a::b::parse()", "a::b::parse"},
             {"a::B::get() const", "a::B::get"},
             {"f(void (*)(int))", "f"}});
}

TEST(BareNameTest, TemplateArgumentsAreDropped) {
  ExpectAll({{"std::vector<int, std::allocator<int> >::_M_realloc_insert<int>(int&&)",
              "std::vector::_M_realloc_insert"},
             {"std::map<std::string, std::vector<int>>::operator[](std::string const&)",
              "std::map::operator[]"},
             {"f<(anonymous namespace)::T>(int)", "f"},
             {"f<g(int)>(int)", "f"},
             {"std::function<int (char)>::operator()(char) const", "std::function::operator()"},
             {"apply<int (*)(int) -> long>(int)", "apply"}});
}

TEST(BareNameTest, TheAnonymousNamespaceStays) {
  ExpectAll({{"(anonymous namespace)::parse(int)", "(anonymous namespace)::parse"},
             {"a::(anonymous namespace)::B<int>::f()", "a::(anonymous namespace)::B::f"}});
}

TEST(BareNameTest, OperatorsAreNames) {
  ExpectAll({{"operator new(unsigned long)", "operator new"},
             {"operator new[](unsigned long)", "operator new[]"},
             {"operator delete(void*, unsigned long)", "operator delete"},
             {"a::B::operator<(a::B const&) const", "a::B::operator<"},
             {"a::operator>(int, a::B)", "a::operator>"},
             {"a::operator<=(int, a::B)", "a::operator<="},
             {"a::operator>=(int, a::B)", "a::operator>="},
             {"a::operator<=>(int, a::B)", "a::operator<=>"},
             {"a::operator<<(std::ostream&, a::B)", "a::operator<<"},
             {"a::operator>>=(int)", "a::operator>>="},
             {"a::B::operator->() const", "a::B::operator->"},
             {"a::B::operator->*(int)", "a::B::operator->*"},
             {"a::operator-(a::B)", "a::operator-"},
             {"a::operator-=(a::B)", "a::operator-="},
             {"a::operator--(a::B&)", "a::operator--"},
             {"a::operator==(a::B, a::B)", "a::operator=="},
             {"a::B::operator=(a::B&&)", "a::B::operator="},
             {"a::B::operator()(int) const", "a::B::operator()"},
             {"a::B<int>::operator()<char>(char)", "a::B::operator()"}});
}

TEST(BareNameTest, OperatorsThatAreTemplatesLoseTheirArguments) {
  ExpectAll(
      {{"std::operator<< <std::char_traits<char> >(std::ostream&, char const*)", "std::operator<<"},
       {"std::operator< <int>(int, int)", "std::operator<"},
       {"std::operator+<char>(char const*, std::string const&)", "std::operator+"}});
}

TEST(BareNameTest, ANameThatEndsInOperatorIsNoOperator) {
  ExpectAll(
      {{"make_operator<int>(int)", "make_operator"}, {"a::my_operator(int)", "a::my_operator"}});
}

TEST(BareNameTest, ALambdaIsNoOtherFunction) {
  EXPECT_NE(BareName("main::{lambda(int)#1}::operator()(int) const"), "main");
  EXPECT_NE(BareName("main::{lambda()#2}::operator()() const"), "malloc");
}

TEST(BareNameTest, RustGenericsAreDropped) {
  ExpectAll({{"alloc::raw_vec::RawVec<T,A>::reserve_for_push",
              "alloc::raw_vec::RawVec::reserve_for_push"},
             {"demo::parse::<i32>", "demo::parse"},
             {"alloc::boxed::Box::<demo::T>::new", "alloc::boxed::Box::new"},
             {"std::sys::backtrace::__rust_begin_short_backtrace::<fn(), ()>",
              "std::sys::backtrace::__rust_begin_short_backtrace"},
             {"core::ops::function::FnOnce::call_once::<fn() -> i32, ()>",
              "core::ops::function::FnOnce::call_once"}});
}

TEST(BareNameTest, ARustTraitsMethodIsItsTypes) {
  ExpectAll({{"<alloc::vec::Vec<T> as Clone>::clone", "alloc::vec::Vec::clone"},
             {"<alloc::string::String as core::fmt::Write>::write_str",
              "alloc::string::String::write_str"},
             {"<alloc::vec::Vec<u8>>::push", "alloc::vec::Vec::push"},
             {"<T as demo::Trait>::f", "T::f"},
             {"<<T as A>::B as C>::f", "T::B::f"},
             {"<alloc::vec::Vec<fn() -> i32> as Drop>::drop", "alloc::vec::Vec::drop"},
             {"<alloc::boxed::Box<dyn FnOnce() -> i32 + Send> as FnOnce<()>>::call_once",
              "alloc::boxed::Box::call_once"}});
}

TEST(BareNameTest, RustClosuresAndImplementationsStay) {
  ExpectAll({{"demo::main::{{closure}}", "demo::main::{{closure}}"},
             {"demo::main::{closure#0}", "demo::main::{closure#0}"},
             {"core::fmt::num::imp::<impl core::fmt::Display for u32>::fmt",
              "core::fmt::num::imp::fmt"}});
}

TEST(BareNameTest, TextThatIsNoNameDoesNoHarm) {
  for (const char* text :
       {"<", "<<<", ">>>", "(", "operator", "operator<", "operator(", "operator-", "< as ", "<a as",
        "::<", "(anonymous namespace", "a<b", "->"}) {
    EXPECT_LE(BareName(text).size(), 64u) << text;
  }
}

}  // namespace
}  // namespace allocprof::analysis
