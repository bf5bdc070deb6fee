// SPDX-License-Identifier: Apache-2.0
//
// What a user selects by: a regular expression for names of functions, a glob for files, modules
// and threads.
//
// Owns: the one way in which each is matched, so that a filter and a budget's scope agree. Errors:
// an expression that is none, with the place in it. Thread-safety: a Regex is matched by one
// thread at a time; MatchesGlob is a pure function.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace allocprof {

// A Perl-compatible expression (PCRE2), found anywhere in a text unless anchored.
class Regex {
 public:
  // Errors: "missing closing parenthesis at character 7"; the caller says where it stood.
  static Result<Regex> Compile(const std::string& expression);

  // A text on which the search exceeds PCRE2's limits is no match.
  bool Finds(std::string_view text) const;

 private:
  struct Compiled;
  explicit Regex(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

  std::shared_ptr<const Compiled> compiled_;
};

// As fnmatch(3) with '*' crossing '/': "src/*.cc" is "src/json/parse.cc", too. A path also matches
// by what follows any of its slashes: "parse.cc" is "/home/me/src/parse.cc".
bool MatchesGlob(const std::string& glob, const std::string& path);

}  // namespace allocprof
