// SPDX-License-Identifier: Apache-2.0
#include "analysis/advice/language.h"

namespace allocprof::analysis {

Language LanguageOf(std::string_view function, std::string_view file, bool rust_program) {
  if (file.ends_with(".rs")) return Language::kRust;
  if (file.ends_with(".c")) return Language::kC;
  for (const std::string_view end : {".cc", ".cpp", ".cxx", ".C", ".hpp", ".hh", ".hxx"}) {
    if (file.ends_with(end)) return Language::kCxx;
  }
  // C++ names have parameters, Rust's have none.
  const bool scoped = function.find("::") != function.npos;
  const bool parameters = function.find('(') != function.npos;
  if (scoped && !parameters && (rust_program || function.find("::{{closure}}") != function.npos)) {
    return Language::kRust;
  }
  return scoped || parameters ? Language::kCxx : Language::kC;
}

const char* LanguageName(Language language) {
  switch (language) {
    case Language::kC:
      return "C";
    case Language::kCxx:
      return "C++";
    case Language::kRust:
      return "Rust";
  }
  return "";
}

}  // namespace allocprof::analysis
