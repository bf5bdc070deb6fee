// SPDX-License-Identifier: Apache-2.0
//
// Which functions are plumbing, from one table: the allocator's own functions and the insides of
// the standard containers stand between the code that wants memory and malloc, and are folded.
// Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace allocprof::analysis {

// A demangled name without template arguments and parameters:
// "std::vector<int, std::allocator<int> >::_M_realloc_insert<int>(int&&)" is
// "std::vector::_M_realloc_insert"; Rust's "<alloc::vec::Vec<T> as Clone>::clone" is
// "alloc::vec::Vec::clone".
std::string BareName(std::string_view function);

// Folded in a shown stack: a call site is never such a frame.
bool IsPlumbing(std::string_view bare_name, std::string_view module);

// Of the plumbing: a function of a program or library that wraps malloc for it, and calls nobody
// back.
bool IsWrapper(std::string_view bare_name);

// A file of Rust's or C++'s standard library: instances of its generics are the user's code by name
// alone.
bool IsSystemFile(std::string_view file);

// The language's library or the system's: a function table names the first frame outside it.
bool IsSystem(std::string_view bare_name, std::string_view module);

}  // namespace allocprof::analysis
