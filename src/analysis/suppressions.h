// SPDX-License-Identifier: Apache-2.0
//
// Suppression files in LeakSanitizer's syntax: a line "leak:pattern", '#' before a comment. What a
// user knows of and does not count as leaked.
//
// A pattern is a text found in a function's name, a source file or a module's path of any frame;
// '*' stands for anything, '^' and '$' for the text's ends. Source: compiler-rt
// sanitizer_suppressions.cpp (Parse), sanitizer_common.cpp (TemplateMatch). Errors: an unreadable
// file; a line that is no suppression, with file and line. Thread-safety: immutable once read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace allocprof::analysis {

struct Suppression {
  std::string pattern;
  std::string file;
  int line = 0;
};

// All files' rows, in order: the first that matches a leak has it.
Result<std::vector<Suppression>> ReadSuppressions(const std::vector<std::string>& paths);

// The rows of one file's text. Other kinds than "leak" (race, mutex, …) are errors: they suppress
// nothing here, and a file that does nothing should say so.
Result<std::vector<Suppression>> ParseSuppressions(std::string_view text, const std::string& path);

bool MatchesTemplate(std::string_view pattern, std::string_view text);

}  // namespace allocprof::analysis
