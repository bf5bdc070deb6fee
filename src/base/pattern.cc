// SPDX-License-Identifier: Apache-2.0
#include "base/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fnmatch.h>
#include <pcre2.h>

namespace allocprof {

struct Regex::Compiled {
  explicit Compiled(pcre2_code* c) : code(c), match(pcre2_match_data_create(1, nullptr)) {}
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() {
    pcre2_match_data_free(match);
    pcre2_code_free(code);
  }

  pcre2_code* code;
  pcre2_match_data* match;
};

Result<Regex> Regex::Compile(const std::string& expression) {
  int error = 0;
  PCRE2_SIZE at = 0;
  // Not PCRE2_UTF: a symbol's name may be any bytes.
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()),
                                   expression.size(), 0, &error, &at, nullptr);
  if (code == nullptr) {
    PCRE2_UCHAR why[256];
    if (pcre2_get_error_message(error, why, sizeof(why)) < 0) why[0] = 0;
    return Status(ErrorCode::kUsage, std::string(reinterpret_cast<const char*>(why)) +
                                         " at character " + std::to_string(at + 1));
  }
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // where it cannot, the interpreter stays
  return Regex(std::make_shared<const Compiled>(code));
}

bool Regex::Finds(std::string_view text) const {
  return pcre2_match(compiled_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0,
                     compiled_->match, nullptr) >= 0;
}

bool MatchesGlob(const std::string& glob, const std::string& path) {
  if (fnmatch(glob.c_str(), path.c_str(), 0) == 0) return true;
  for (size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    if (fnmatch(glob.c_str(), path.c_str() + slash + 1, 0) == 0) return true;
  }
  return false;
}

}  // namespace allocprof
