// SPDX-License-Identifier: Apache-2.0
//
// What is known of functions by their names alone, mangled or not: which never return, which
// return twice, which free memory.
// Source: noreturn declarations of glibc, libstdc++, libgcc and Rust's core, std and alloc.
// Thread-safety: pure functions.
#pragma once

#include <string_view>

namespace allocprof::symbols {

bool NeverReturns(std::string_view name);
bool ReturnsTwice(std::string_view name);
// By its name: a wrapper of free in another library says so in most cases.
bool Frees(std::string_view name);

}  // namespace allocprof::symbols
