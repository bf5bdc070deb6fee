// SPDX-License-Identifier: Apache-2.0
//
// Demangle: symbol names as people write them.
//
// Owns: the choice of demangler and of what a name shows. Parameters are kept; the return type of
// a function template, the hash of a Rust legacy name and the crate ids of a Rust v0 name are not.
// Source: libiberty (Itanium C++ ABI, Rust legacy, Rust RFC 2603).
// Thread-safety: no state; call it from any thread.
#pragma once

#include <string>
#include <string_view>

namespace allocprof::symbols {

// The readable form of `symbol`, or `symbol` itself when it is not mangled, is damaged, is longer
// than libiberty takes (1024 bytes for C++, its guard against deep recursion) or would unfold into
// more than 1 MiB (a few substitutions can stand for gigabytes).
std::string Demangle(std::string_view symbol);

}  // namespace allocprof::symbols
