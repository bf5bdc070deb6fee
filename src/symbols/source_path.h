// SPDX-License-Identifier: Apache-2.0
//
// Source paths: one spelling for each source file named in debug info.
//
// Owns: joining with the compilation directory and normalising, by the words alone: no file is
// looked at, since the sources may live on another machine.
// Thread-safety: no state.
#pragma once

#include <string>
#include <string_view>

namespace allocprof::symbols {

// Drops `.` and empty parts and resolves `..`. A leading `..` of a relative path stays.
std::string NormalizePath(std::string_view path);

// `path` as libdw tells it, seen from `comp_dir` and normalised. libdw joins the two itself for
// some line table entries only; a path that begins with a relative `comp_dir` counts as joined.
// "???", which libdw gives for a missing name, becomes empty.
std::string SourcePath(std::string_view comp_dir, std::string_view path);

}  // namespace allocprof::symbols
