// SPDX-License-Identifier: Apache-2.0
#include "analysis/plumbing.h"

#include <gtest/gtest.h>

namespace allocprof::analysis {
namespace {

bool Plumbing(const char* function, const char* module = "demo") {
  return IsPlumbing(BareName(function), module);
}
bool System(const char* function, const char* module = "demo") {
  return IsSystem(BareName(function), module);
}

TEST(PlumbingTest, TheMallocFamilyIsPlumbing) {
  for (const char* f : {"malloc", "calloc", "realloc", "reallocarray", "free", "posix_memalign",
                        "aligned_alloc", "memalign", "valloc", "pvalloc", "__libc_malloc"}) {
    EXPECT_TRUE(Plumbing(f)) << f;
  }
}

TEST(PlumbingTest, CppOperatorsAndAllocatorsArePlumbing) {
  for (const char* f :
       {"operator new(unsigned long)", "operator new[](unsigned long, std::align_val_t)",
        "operator delete(void*)", "std::allocator<int>::allocate(unsigned long)",
        "std::allocator_traits<std::allocator<int> >::allocate(std::allocator<int>&, unsigned "
        "long)",
        "std::__new_allocator<int>::allocate(unsigned long, void const*)",
        "__gnu_cxx::new_allocator<char>::allocate(unsigned long, void const*)"}) {
    EXPECT_TRUE(Plumbing(f)) << f;
  }
}

TEST(PlumbingTest, TheInsidesOfContainersArePlumbing) {
  for (const char* f :
       {"std::vector<int, std::allocator<int> >::_M_realloc_insert<int>(int&&)",
        "std::_Vector_base<int, std::allocator<int> >::_M_allocate(unsigned long)",
        "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> "
        ">::_M_create(unsigned long&, unsigned long)",
        "std::_Rb_tree<int, int, std::_Identity<int>, std::less<int> >::_M_get_node()",
        "std::_Hashtable<int, int>::_M_insert_unique_node()",
        "std::deque<int>::_M_push_back_aux<int const&>(int const&)"}) {
    EXPECT_TRUE(Plumbing(f)) << f;
  }
}

TEST(PlumbingTest, WhatAProgramCallsOfAContainerIsSystemButNotPlumbing) {
  for (const char* f :
       {"std::vector<int, std::allocator<int> >::push_back(int&&)",
        "std::map<int, int>::operator[](int const&)", "<alloc::vec::Vec<T> as Clone>::clone"}) {
    EXPECT_FALSE(Plumbing(f)) << f;
    EXPECT_TRUE(System(f)) << f;
  }
}

TEST(PlumbingTest, RustsAllocatorsArePlumbing) {
  for (const char* f :
       {"__rust_alloc", "__rustc::__rust_alloc", "__rdl_alloc", "__rg_alloc",
        "alloc::alloc::exchange_malloc", "alloc::raw_vec::RawVec<T,A>::grow_one",
        "<alloc::raw_vec::RawVec<u8>>::reserve_for_push", "alloc::raw_vec::finish_grow::<Global>",
        "hashbrown::raw::RawTable<T,A>::reserve_rehash", "alloc::boxed::Box<T>::new",
        "<alloc::boxed::Box<demo::T>>::new", "alloc::boxed::Box::<demo::T>::new"}) {
    EXPECT_TRUE(Plumbing(f)) << f;
  }
}

TEST(PlumbingTest, WrappersThatProgramsHaveOfMallocArePlumbing) {
  for (const char* f :
       {"xmalloc", "xcalloc", "xstrdup", "g_malloc0", "PyMem_Malloc", "PyMem_RawMalloc",
        "_PyObject_GC_New", "PyType_GenericAlloc", "Perl_safesysmalloc", "Perl_savepvn",
        "sqlite3DbMallocRawNN", "__gmp_default_allocate", "CRYPTO_zalloc",
        "va_heap::reserve<tree_node*>"}) {
    EXPECT_TRUE(Plumbing(f)) << f;
  }
  for (const char* f :
       {"xmalloc_report", "PyUnicode_New", "Perl_newSV", "sqlite3Step", "gmalloc"}) {
    EXPECT_FALSE(System(f)) << f;
  }
}

TEST(PlumbingTest, WhatRustsLibraryDoesForItsOwnTypesIsSystem) {
  for (const char* f :
       {"<u64 as core::fmt::Display>::fmt", "<&u64 as core::fmt::Display>::fmt",
        "<&mut alloc::string::String as core::fmt::Write::write_fmt::SpecWriteFmt>::spec_write_fmt",
        "<&dyn core::ops::function::Fn<(), Output = i32> as core::ops::function::FnOnce<()>>::call",
        "<[u8] as alloc::slice::ConcatBox>::to_vec", "<str>::replace",
        "<(A, B) as core::clone::Clone>::clone"}) {
    EXPECT_TRUE(System(f)) << f;
  }
  for (const char* f :
       {"<u64 as demo::Hash>::hash", "<demo::Type as core::fmt::Display>::fmt",
        "<&dyn demo::Shape as demo::Draw>::draw", "<&demo::Type as core::fmt::Debug>::fmt"}) {
    EXPECT_FALSE(System(f)) << f;
  }
}

TEST(PlumbingTest, AllOfLibcIsPlumbing) {
  EXPECT_TRUE(Plumbing("strdup", "libc.so.6"));
  EXPECT_TRUE(Plumbing("", "libc.so.6"));
  EXPECT_TRUE(Plumbing("whatever", "libc-2.31.so"));
  EXPECT_TRUE(Plumbing("dl_open_worker", "ld-linux-x86-64.so.2"));
}

TEST(PlumbingTest, TheLanguagesLibrariesAreSystem) {
  EXPECT_TRUE(System("whatever", "libstdc++.so.6"));
  EXPECT_TRUE(System("whatever", "libgcc_s.so.1"));
  EXPECT_TRUE(System("__cxa_allocate_exception"));
  EXPECT_TRUE(System("core::iter::traits::iterator::Iterator::collect"));
}

TEST(PlumbingTest, AProgramsOwnIsNeither) {
  for (const char* f : {"main", "parse(char const*)", "demo::alloc::f", "stdx::vector<int>::_M()",
                        "mallocate", "free_list::pop()", "(anonymous namespace)::std_like()",
                        "operator<(A, B)", "a::operator new_thing(int)", "alloc_page", "corelib::f",
                        "main::{lambda()#1}::operator()() const"}) {
    EXPECT_FALSE(Plumbing(f)) << f;
    EXPECT_FALSE(System(f)) << f;
  }
}

TEST(PlumbingTest, ALibraryWithASimilarNameIsNotLibc) {
  EXPECT_FALSE(Plumbing("f", "libcurl.so.4"));
  EXPECT_FALSE(Plumbing("f", "libcrypto.so.3"));
  EXPECT_FALSE(System("f", "libmagic.so.1"));
}

}  // namespace
}  // namespace allocprof::analysis
