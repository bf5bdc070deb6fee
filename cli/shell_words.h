// SPDX-License-Identifier: Apache-2.0
//
// Words of a command line in a form that a shell reads back. Thread-safety: pure functions.
#pragma once

#include <string>
#include <vector>

namespace allocprof::cli {

std::string Quoted(const std::string& word);
// With spaces between them.
std::string Quoted(const std::vector<std::string>& words);

}  // namespace allocprof::cli
